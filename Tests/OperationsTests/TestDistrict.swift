import District
import Facts
import Foundation
import Storage

@testable import Operations

/// A district of one test's own, with a scenario and sources to speak.
struct TestDistrict {
    let folder: TemporaryFolder
    let files: DistrictFiles
    let clock: TestClock

    static let scenario = """
        scenario: lifts
        version: VERSION
        facts:
          lift.moved:
            subject: lift
            report: true
            data:
              floor: {type: int, minimum: -5, maximum: MAXIMUM}
            private:
              person: {type: string, maxLength: 64}
          lift.locked:
            subject: lift
            decision: true
            data:
              reason: {type: string, required: false}
        """

    static func lifts(version: Int = 1, maximum: Int = 150) throws -> Scenario {
        let yaml = scenario.replacingOccurrences(of: "VERSION", with: "\(version)")
            .replacingOccurrences(of: "MAXIMUM", with: "\(maximum)")
        return try Scenario(yaml: yaml, file: "scenario.yaml")
    }

    /// Founds a district in a folder of its own.
    init(clock: TestClock = TestClock(), name: String = "test") async throws {
        folder = try TemporaryFolder(inMemory: true)
        files = DistrictFiles(store: folder.file("store.sqlite"))
        self.clock = clock
        try await NewDistrict(name: name, scenarios: [Self.lifts()]).found(at: files, clock: clock.log)
    }

    /// The private part of a fact in clear, by the key of the person whom it concerns.
    func privateBytes(at index: UInt64, in store: any FactStore) throws -> [UInt8]? {
        guard let part = try store.privatePart(at: index),
            let key = try PersonKeys(path: files.people).key(of: part.person)
        else { return nil }
        return PrivateSeal.open(part, key: key)?.bytes
    }

    /// What stands in the files of a district, to be put down again elsewhere.
    struct Image: Sendable {
        let files: [String: Data]
        let time: Int64
    }

    /// A district from an image, in a folder of its own.
    init(_ image: Image) throws {
        folder = try TemporaryFolder(inMemory: true)
        files = DistrictFiles(store: folder.file("store.sqlite"))
        clock = TestClock(image.time)
        for (name, data) in image.files { try data.write(to: URL(fileURLWithPath: folder.file(name))) }
    }

    /// The files as they are at this moment, as if the machine stopped now; the lock is the kernel's and not among them.
    func image() throws -> Image {
        var image: [String: Data] = [:]
        // The keys of persons last: a key is durable before the commit that uses it.
        for name in ["", "-wal", ".key", ".checkpoint", ".people"].map({ "store.sqlite" + $0 }) {
            image[name] = FileManager.default.contents(atPath: folder.file(name))
        }
        return Image(files: image, time: clock.now)
    }

    func open(_ store: (any FactStore)? = nil, clock: LogClock? = nil) throws -> RunningDistrict {
        try RunningDistrict(files, clock: clock ?? self.clock.log, store: store)
    }

    /// Opens the district, works with it, stops it, and lets go of its lock.
    func run<Result>(_ body: (RunningDistrict) async throws -> Result) async throws -> Result {
        let district = try open()
        let result = try await body(district)
        try await district.stop()
        return result
    }

    /// Registers sources as the operator does.
    static func register(
        _ ids: [String], in district: RunningDistrict, role: String = "device", silentAfter: Int64? = nil,
        key: String? = nil, suffix: String = ""
    ) async throws {
        for id in ids {
            var members: [JSONValue.Member] = [.init("role", .string(role))]
            if key == nil { members.append(.init("tokenHash", .string(Intake.hash(ofToken: "token of \(id)")))) }
            if let key { members.append(.init("key", .string(key))) }
            if let silentAfter { members.append(.init("silentAfterSeconds", .integer(silentAfter))) }
            let outcome = try await district.say(
                FactWriter.body(
                    id: "register \(id)\(suffix)", source: District.operatorSource, type: "source.registered",
                    subject: id, time: district.clock.now(), data: .object(members)))
            guard case .accepted = outcome else { throw NotAccepted(outcome: outcome) }
        }
    }

    struct NotAccepted: Error { let outcome: Outcome }

    /// A fact as the edge reads it.
    static func fact(
        _ district: RunningDistrict, source: String = "device/1", id: String, lift: String = "lift-1", floor: Int = 1,
        person: String? = nil, sequence: UInt64? = nil, time: Int64? = nil, type: String = "lift.moved"
    ) throws(Refusal) -> Fact {
        let time = Timestamp.format(time ?? district.clock.now())
        let data = type == "lift.moved" ? "{\"floor\":\(floor)}" : "{}"
        var json = """
            {"specversion":"1.0","id":"\(id)","source":"\(source)","type":"\(type)","subject":"\(lift)",\
            "time":"\(time)","data":\(data)
            """
        if let sequence { json += ",\"sequence\":\"\(sequence)\"" }
        if let person { json += ",\"private\":{\"person\":\"\(person)\"}" }
        return try FactReader(schemas: district.published.edge.schemas, now: district.clock.now())
            .read(Array((json + "}").utf8))
    }
}

/// A random sequence that a seed determines.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }
}

extension FactStore {
    /// The bodies of the whole log, as text.
    func bodies() throws -> [String] { try facts(in: 0..<size).map { String(decoding: $0.body, as: UTF8.self) } }

    /// How many facts of a type the log has.
    func count(of type: String) throws -> Int { try bodies().count { $0.contains("\"type\":\"\(type)\"") } }
}
