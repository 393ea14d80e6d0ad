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
        if due(number) != nil { timers.insert(number, due: due) }
        timers.settle(due: due)
    }

    mutating func revoke(_ number: Int) {
        registrations[number].isRevoked = true
        version += 1
        timers.settle(due: due)
    }

    mutating func noteFact(from number: Int, received: Int64, index: UInt64, sequence: UInt64?) {
        activities[number].lastReceived = received
        activities[number].lastIndex = index
        activities[number].facts += 1
        if let sequence { activities[number].sequence = max(sequence, activities[number].sequence ?? 0) }
        timers.settle(due: due)
    }

    mutating func noteSilence(of number: Int, since: Int64) {
        activities[number].silentSince = since
        timers.settle(due: due)
    }

    mutating func noteReturn(of number: Int) {
        activities[number].silentSince = nil
        if due(number) != nil { timers.insert(number, due: due) }
        timers.settle(due: due)
    }

    /// The source whose silence is a fact first, and when.
    var nextSilence: (number: Int, due: Int64)? { timers.first }

    /// When the source's silence is a fact: its last fact and its stated time. Nil while it has no such time, is silent
    /// already, or is revoked.
    private func due(_ number: Int) -> Int64? {
        guard let limit = registrations[number].silentAfterMs, !registrations[number].isRevoked,
            activities[number].silentSince == nil
        else { return nil }
        return activities[number].lastReceived + limit
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
        version = try decoder.unsigned()
        let sources = try decoder.list { decoder in
            let id = try decoder.string()
            guard let role = Role(rawValue: try decoder.string()) else { throw CanonicalDecoder.Malformed() }
            let tokenHash = try decoder.optional { try $0.string() }
            let key = try decoder.optional { decoder in
                guard let key = SourceKey(text: try decoder.string()) else { throw CanonicalDecoder.Malformed() }
                return key
            }
            let registration = Registration(
                id: id, role: role, tokenHash: tokenHash, key: key,
                silentAfterMs: try decoder.optional { try $0.signed() }, index: try decoder.unsigned(),
                isRevoked: try decoder.bool())
            let activity = Activity(
                lastReceived: try decoder.signed(), lastIndex: try decoder.unsigned(), facts: try decoder.unsigned(),
                sequence: try decoder.optional { try $0.unsigned() },
                silentSince: try decoder.optional { try $0.signed() })
            return (registration, activity)
        }
        for (registration, activity) in sources {
            _ = Array(registration.id.utf8).withUnsafeBytes { names.intern($0) }
            registrations.append(registration)
            activities.append(activity)
        }
        for number in registrations.indices where due(number) != nil { timers.insert(number, due: due) }
        timers.settle(due: due)
    }
}

/// Which source falls silent next: a heap that is put right only where it shows.
///
/// A fact moves its source's time later, and there are a hundred thousand facts for one silence; so an entry is left
/// where it stands until it comes to the top, and is moved then. Derived from the register, never part of the state.
struct SilenceTimers: Sendable {
    private var heap: [(due: Int64, number: Int)] = []
    private var isPresent: [Bool] = []

    /// The earliest; exact after `settle`.
    var first: (number: Int, due: Int64)? { heap.first.map { ($0.number, $0.due) } }

    mutating func insert(_ number: Int, due: (Int) -> Int64?) {
        while isPresent.count <= number { isPresent.append(false) }
        guard !isPresent[number], let time = due(number) else { return }
        isPresent[number] = true
        heap.append((time, number))
        var child = heap.count - 1
        while child > 0, heap[child] < heap[(child - 1) / 2] {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// Makes the top true: entries whose time moved sink, entries that have none any more go.
    mutating func settle(due: (Int) -> Int64?) {
        while let top = heap.first {
            guard let time = due(top.number) else {
                isPresent[top.number] = false
                let last = heap.removeLast()
                if !heap.isEmpty {
                    heap[0] = last
                    sink()
                }
                continue
            }
            guard time != top.due else { return }
            heap[0].due = time
            sink()
        }
    }

    private mutating func sink() {
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child] < heap[least] {
                least = child
            }
            guard least != parent else { return }
            heap.swapAt(least, parent)
            parent = least
        }
    }
}
