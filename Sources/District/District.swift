import Crypto
public import Facts

/// The whole state of a district: a value computed from its log alone.
///
/// No clock, no randomness, no I/O: the same facts give the same state, byte for byte, on any machine. `apply` alone
/// replays a log; `refusal` is asked before a fact is accepted; `consequences` and `dueConsequence` say what the rules
/// in force demand, and an audit asks them again.
public struct District: Sendable {
    /// The version of these functions. It grows when the same log would give another state or other consequences.
    public static let foldVersion: Int64 = 1

    /// What the district was founded with; nil before its first fact.
    public internal(set) var founding: Founding?
    /// The schemas in force.
    public internal(set) var schemas = SchemaSet(PlatformType.all)
    /// The scenarios in force: name and version, in order of first adoption.
    public internal(set) var scenarios: [(name: String, version: Int64)] = []
    /// Who may speak.
    public internal(set) var sources = SourceRegister()
    /// How many facts were applied.
    public internal(set) var size: UInt64 = 0
    /// The latest `received`, milliseconds since 1970 UTC: the state's only clock.
    public internal(set) var time: Int64 = 0
    /// The version of the fold that the log's present span was written by.
    public internal(set) var spanFoldVersion: Int64 = Self.foldVersion
    /// The last seal.
    public internal(set) var seal: (index: UInt64, digest: String)?
    /// When the next daily seal is due; nil while nothing happened since the last.
    var sealDue: Int64?
    /// The scenario of each type, at the type's number; the platform's own have none.
    var owners: [String?] = PlatformType.all.map { _ in nil }
    var lastValues = LastValues()

    /// The source of the platform's own decisions.
    public static let platformSource = "system/district"
    /// Whoever holds the store's file and key: the operator at the command line.
    public static let operatorSource = "system/operator"
    static let silenceSource = "rule/source-silence"
    static let sealSource = "system/seal"

    /// The state before the first fact.
    public init() {}

    /// What stands in the first fact of a log.
    public struct Founding: Equatable, Sendable {
        /// The district's name.
        public let name: String
        /// The log's origin, the first line of its checkpoints.
        public let origin: String
        /// The key that its checkpoints are signed with.
        public let verifierKey: String
        /// Local time, for the daily seal: minutes east of UTC.
        public let utcOffsetMinutes: Int64
        /// Whether everything in it is invented.
        public let isSimulated: Bool
        /// The local plane in which the fold takes distances.
        public let plane: Plane

        /// What stands in the first fact of a log.
        public init(
            name: String, origin: String, verifierKey: String, utcOffsetMinutes: Int64, isSimulated: Bool, plane: Plane
        ) {
            self.name = name
            self.origin = origin
            self.verifierKey = verifierKey
            self.utcOffsetMinutes = utcOffsetMinutes
            self.isSimulated = isSimulated
            self.plane = plane
        }
    }

    /// A local plane: its origin in 1e-7 degrees, and millimetres per degree east and north. Constants of the log, so
    /// that no cosine is taken inside the fold.
    public struct Plane: Equatable, Sendable {
        /// 1e-7 degrees.
        public let longitude: Int64
        /// 1e-7 degrees.
        public let latitude: Int64
        /// At the origin's latitude.
        public let millimetresPerDegreeEast: Int64
        /// At the origin's latitude.
        public let millimetresPerDegreeNorth: Int64

        /// A local plane.
        public init(
            longitude: Int64, latitude: Int64, millimetresPerDegreeEast: Int64, millimetresPerDegreeNorth: Int64
        ) {
            self.longitude = longitude
            self.latitude = latitude
            self.millimetresPerDegreeEast = millimetresPerDegreeEast
            self.millimetresPerDegreeNorth = millimetresPerDegreeNorth
        }
    }

    // MARK: The fold

    /// Takes a fact into the state. Total: it never fails on what is in a log.
    public mutating func apply(_ logged: LoggedFact) {
        let fact = logged.fact
        size = logged.index + 1
        time = max(time, logged.received)
        if let number = fact.source.withBytes(in: fact.body, { sources.number(of: $0) }) {
            sources.noteFact(
                from: number, received: logged.received, index: logged.index, sequence: fact.sequence)
        }
        if let type = PlatformType(rawValue: fact.type) {
            apply(type, logged)
        } else if let subject = fact.subject {
            lastValues.note(logged, subject: subject)
        }
        if sealDue == nil, fact.type != PlatformType.sealed.rawValue { sealDue = nextMidnight(after: logged.received) }
    }

    /// What the rules in force demand of a fact that was just applied, in order. Changes nothing.
    public func consequences(of logged: LoggedFact) -> [Consequence] {
        let fact = logged.fact
        var demanded: [Consequence] = []
        if let number = fact.source.withBytes(in: fact.body, { sources.number(of: $0) }),
            let since = sources.activities[number].silentSince, fact.type != PlatformType.silent.rawValue
        {
            demanded.append(resumption(of: number, silentSince: since, logged))
        }
        if fact.type == PlatformType.sealRequested.rawValue {
            demanded.append(sealing(time: logged.received, cause: logged.index))
        }
        return demanded
    }

    /// What a timer demands that is due by a time: the earliest one. Its fact, once applied, disarms it.
    public func dueConsequence(by now: Int64) -> Consequence? {
        guard let due = nextDue, due <= now else { return nil }
        if let silence = sources.nextSilence, silence.due == due { return self.silence(of: silence.number, due: due) }
        return sealing(time: due, cause: size - 1)
    }

    /// When the next timer is due, milliseconds since 1970 UTC.
    public var nextDue: Int64? {
        switch (sources.nextSilence?.due, sealDue) {
        case (let silence?, let seal?): min(silence, seal)
        case (let silence, let seal): silence ?? seal
        }
    }

    // MARK: Time

    /// Midnight in the district's own time.
    private func nextMidnight(after time: Int64) -> Int64 {
        let offset = (founding?.utcOffsetMinutes ?? 0) * 60_000
        let local = time + offset
        let day = local / Timestamp.day - (local % Timestamp.day < 0 ? 1 : 0)
        return (day + 1) * Timestamp.day - offset
    }

    // MARK: Consequences

    private func silence(of number: Int, due: Int64) -> Consequence {
        let registration = sources.registrations[number]
        let activity = sources.activities[number]
        return Consequence(
            id: "\(registration.id)@\(activity.lastIndex)", source: Self.silenceSource,
            type: PlatformType.silent.name, subject: registration.id, time: due, cause: activity.lastIndex,
            data: .object([
                .init("lastReceived", .string(Timestamp.format(activity.lastReceived))),
                .init("lastIndex", .integer(Int64(activity.lastIndex))),
                .init("silentAfterSeconds", .integer((registration.silentAfterMs ?? 0) / 1000)),
            ]))
    }

    private func resumption(of number: Int, silentSince: Int64, _ logged: LoggedFact) -> Consequence {
        Consequence(
            id: "resumed@\(logged.index)", source: Self.silenceSource, type: PlatformType.resumed.name,
            subject: sources.registrations[number].id, time: logged.received, cause: logged.index,
            data: .object([.init("silentSince", .string(Timestamp.format(silentSince)))]))
    }

    private func sealing(time: Int64, cause: UInt64) -> Consequence {
        Consequence(
            id: "\(size)", source: Self.sealSource, type: PlatformType.sealed.name, subject: founding?.name ?? "",
            time: time, cause: cause,
            data: .object([.init("size", .integer(Int64(size))), .init("digest", .string(digest))]))
    }

    // MARK: Identity

    /// SHA-256 of the canonical encoding, lower-case hexadecimal: equal states and no others have equal digests.
    public var digest: String {
        SHA256.hash(data: encoded).hexadecimal
    }
}
