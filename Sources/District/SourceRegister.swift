public import Facts

/// Who may speak: the sources that were let in, and what each of them did last.
///
/// What changes seldom (`registrations`) and what changes with each fact (`activities`) are kept apart, so that the edge
/// can hold a copy of the first without making every fact copy it.
public struct SourceRegister: Sendable {
    /// What a source was registered with.
    public struct Registration: Equatable, Sendable {
        /// Its id.
        public let id: String
        /// What it may say.
        public let role: Role
        /// SHA-256 of its token, lower-case hexadecimal; nil if it only signs.
        public let tokenHash: String?
        /// The key it signs with.
        public let key: SourceKey?
        /// How long it may be quiet before that is a fact; nil if for ever.
        public let silentAfterMs: Int64?
        /// The index of the fact that let it in.
        public let index: UInt64
        /// Whether it was revoked.
        public internal(set) var isRevoked = false
    }

    /// What a source did last.
    public struct Activity: Equatable, Sendable {
        /// When its last fact came, or when it was registered.
        public internal(set) var lastReceived: Int64
        /// The index of that fact.
        public internal(set) var lastIndex: UInt64
        /// How many facts it sent.
        public internal(set) var facts: UInt64 = 0
        /// The highest running number that it sent.
        public internal(set) var sequence: UInt64?
        /// Since when it is silent, if it is.
        public internal(set) var silentSince: Int64?
    }

    /// How a source stands, in one word: `active`, `silent` or `revoked`.
    public static func state(_ registration: Registration, _ activity: Activity) -> String {
        registration.isRevoked ? "revoked" : activity.silentSince == nil ? "active" : "silent"
    }

    /// In order of first registration; a source's number never changes.
    public private(set) var registrations: [Registration] = []
    /// At the same numbers.
    public private(set) var activities: [Activity] = []
    /// Grows with each change of `registrations`.
    public private(set) var version: UInt64 = 0
    private var names = SymbolTable()
    private var timers = SilenceTimers()

    init() {}

    /// The number of a source.
    func number(of id: UnsafeRawBufferPointer) -> Int? { names.find(id) }

    /// The number of a source.
    public func number(of id: String) -> Int? { names.find(id.utf8) }

    mutating func register(_ registration: Registration, received: Int64) {
        let number = Array(registration.id.utf8).withUnsafeBytes { names.intern($0) }
        let activity = Activity(lastReceived: received, lastIndex: registration.index)
        if number < registrations.count {
            registrations[number] = registration
            activities[number].lastReceived = received
            activities[number].lastIndex = registration.index
            activities[number].silentSince = nil
        } else {
            registrations.append(registration)
            activities.append(activity)
        }
        version += 1
        arm(number)
        settle()
    }

    mutating func revoke(_ number: Int) {
        registrations[number].isRevoked = true
        version += 1
        settle()
    }

    mutating func noteFact(from number: Int, received: Int64, index: UInt64, sequence: UInt64?) {
        activities[number].lastReceived = received
        activities[number].lastIndex = index
        activities[number].facts += 1
        if let sequence { activities[number].sequence = max(sequence, activities[number].sequence ?? 0) }
        settle()
    }

    mutating func noteSilence(of number: Int, since: Int64) {
        activities[number].silentSince = since
        settle()
    }

    mutating func noteReturn(of number: Int) {
        activities[number].silentSince = nil
        arm(number)
        settle()
    }

    /// The source whose silence is a fact first, and when.
    var nextSilence: (number: Int, due: Int64)? { timers.first }

    /// When the source's silence is a fact: its last fact and its stated time. Nil while it has no such time, is silent
    /// already, or is revoked.
    private static func due(_ registration: Registration, _ activity: Activity) -> Int64? {
        guard let limit = registration.silentAfterMs, !registration.isRevoked, activity.silentSince == nil else {
            return nil
        }
        return activity.lastReceived + limit
    }

    private mutating func arm(_ number: Int) {
        guard let due = Self.due(registrations[number], activities[number]) else { return }
        timers.insert(number, due: due)
    }

    /// The closure holds the two lists only: one that held `self` would make the heap copy itself at each change.
    private mutating func settle() {
        let (registrations, activities) = (registrations, activities)
        timers.settle { Self.due(registrations[$0], activities[$0]) }
    }

    // MARK: Encoding

    func encode(to encoder: inout CanonicalEncoder) {
        encoder.write(version)
        encoder.write(zip(registrations, activities).map { ($0, $1) }) { encoder, source in
            let (registration, activity) = source
            encoder.write(registration.id)
            encoder.write(registration.role.rawValue)
            encoder.write(registration.tokenHash) { $0.write($1) }
            encoder.write(registration.key) { $0.write($1.text) }
            encoder.write(registration.silentAfterMs) { $0.write($1) }
            encoder.write(registration.index)
            encoder.write(registration.isRevoked)
            encoder.write(activity.lastReceived)
            encoder.write(activity.lastIndex)
            encoder.write(activity.facts)
            encoder.write(activity.sequence) { $0.write($1) }
            encoder.write(activity.silentSince) { $0.write($1) }
        }
    }

    init(from decoder: inout CanonicalDecoder) throws {
        version = try decoder.count()
        var isNew: Set<[UInt8]> = []
        let sources = try decoder.list { decoder in
            let id = try decoder.string()
            guard isNew.insert(Array(id.utf8)).inserted, !id.isEmpty else { throw CanonicalDecoder.Malformed() }
            guard let role = Role(rawValue: try decoder.string()) else { throw CanonicalDecoder.Malformed() }
            let tokenHash = try decoder.optional { try $0.string() }
            let key = try decoder.optional { decoder in
                guard let key = SourceKey(text: try decoder.string()) else { throw CanonicalDecoder.Malformed() }
                return key
            }
            let registration = Registration(
                id: id, role: role, tokenHash: tokenHash, key: key,
                silentAfterMs: try decoder.optional { try $0.silence() }, index: try decoder.count(),
                isRevoked: try decoder.bool())
            let activity = Activity(
                lastReceived: try decoder.time(), lastIndex: try decoder.count(), facts: try decoder.count(),
                sequence: try decoder.optional { try $0.unsigned() },
                silentSince: try decoder.optional { try $0.time() })
            return (registration, activity)
        }
        for (registration, activity) in sources {
            _ = Array(registration.id.utf8).withUnsafeBytes { names.intern($0) }
            registrations.append(registration)
            activities.append(activity)
        }
        for number in registrations.indices { arm(number) }
        settle()
    }
}
