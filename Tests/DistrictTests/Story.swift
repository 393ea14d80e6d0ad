import Facts
import Testing

@testable import District

/// A log as the sequencer would write it: timers that are due fire first, then the fact, then its consequences in depth.
///
/// Tests read Given facts, When a fact, Then consequences or a refusal.
struct Story {
    private(set) var district = District()
    private(set) var facts: [LoggedFact] = []
    /// The consequences of the last step, in order.
    private(set) var demanded: [Consequence] = []
    /// 2026-11-24T08:00:00Z
    static let start: Int64 = 1_795_507_200_000
    static let day: Int64 = 86_400_000
    var now = Story.start
    private var nextID = 0

    /// A founded district with a scenario of two types and three devices that may be quiet for 60, 120 and any seconds.
    static func founded() throws -> Story {
        var story = Story()
        try story.say("district.founded", by: District.platformSource, about: "江汉", founding())
        try story.adopt("street", 1, lamps)
        for (id, limit) in [("device/a", 60), ("device/b", 120), ("device/c", nil as Int?)] {
            try story.register(id, silentAfter: limit)
        }
        return story
    }

    static let lamps = """
        {"lamp.failed":{"subject":"lamp","data":{"floor":{"type":"int","required":false}}},\
        "lamp.mended":{"decision":true,"by":["crew"],"subject":"lamp"}}
        """

    static func founding(offset: Int = 480) -> String {
        """
        {"origin":"example.org/jianghan","verifierKey":"k","foldVersion":1,"utcOffsetMinutes":\(offset),"simulated":true,\
        "planeLongitude":1142700000,"planeLatitude":305800000,"planeMillimetresPerDegreeEast":95900000,\
        "planeMillimetresPerDegreeNorth":110860000}
        """
    }

    static let hash = String(repeating: "ab", count: 32)

    /// A token's hash of a source's own: its id in hexadecimal.
    static func hash(of id: String) -> String {
        String((id.utf8.map { String($0, radix: 16) }.joined() + String(repeating: "0", count: 64)).prefix(64))
    }

    mutating func adopt(_ scenario: String, _ version: Int, _ facts: String) throws {
        try say("scenario.adopted", about: scenario, "{\"version\":\(version),\"facts\":\(facts)}")
    }

    mutating func register(_ id: String, role: String = "device", silentAfter: Int? = nil) throws {
        let limit = silentAfter.map { ",\"silentAfterSeconds\":\($0)" } ?? ""
        try say("source.registered", about: id, "{\"role\":\"\(role)\",\"tokenHash\":\"\(Self.hash(of: id))\"\(limit)}")
    }

    /// The bytes of a fact with a new id, at the present time.
    mutating func body(_ type: String, by source: String, about subject: String, _ data: String, _ more: String = "")
        -> [UInt8]
    {
        nextID += 1
        return Array(
            """
            {"specversion":"1.0","id":"\(nextID)","source":"\(source)","type":"\(type)","subject":"\(subject)",\
            "time":"\(Timestamp.format(now))","data":\(data)\(more)}
            """.utf8)
    }

    /// Says a fact that must be taken.
    mutating func say(
        _ type: String, by source: String = District.operatorSource, about subject: String, _ data: String = "{}",
        _ more: String = "", place: SourceLocation = #_sourceLocation
    ) throws {
        let refused = try refusal(type, by: source, about: subject, data, more)
        #expect(refused == nil, sourceLocation: place)
    }

    /// Says a fact; what refuses it, the reader or the state.
    mutating func refusal(
        _ type: String, by source: String = District.operatorSource, about subject: String, _ data: String = "{}",
        _ more: String = ""
    ) throws -> Refusal? {
        let bytes = body(type, by: source, about: subject, data, more)
        demanded = []
        try fireTimers()
        do {
            let fact = try FactReader(schemas: district.schemas, now: now).read(bytes)
            if let refusal = district.refusal(of: fact) { return refusal }
            try append(fact)
            return nil
        } catch let refusal as Refusal {
            return refusal
        }
    }

    /// Lets time pass; only timers speak.
    mutating func wait(_ milliseconds: Int64) throws {
        now += milliseconds
        demanded = []
        try fireTimers()
    }

    private mutating func fireTimers() throws {
        while let consequence = district.dueConsequence(by: now) { try append(consequence) }
    }

    private mutating func append(_ consequence: Consequence) throws {
        demanded.append(consequence)
        try #require(demanded.count < 1000, "timers that never end")
        try append(try FactReader(schemas: district.schemas, now: nil).read(consequence.body))
    }

    private mutating func append(_ fact: Fact) throws {
        let logged = LoggedFact(index: district.size, received: now, fact: fact)
        facts.append(logged)
        district.apply(logged)
        for consequence in district.consequences(of: logged) { try append(consequence) }
    }

    /// The state after folding the log again, each body read under the schemas in force at its place.
    func replayed(from snapshot: District = District()) throws -> District {
        var district = snapshot
        for logged in facts[Int(snapshot.size)...] {
            let fact = try FactReader(schemas: district.schemas, now: nil).read(logged.fact.body)
            district.apply(LoggedFact(index: logged.index, received: logged.received, fact: fact))
        }
        return district
    }
}

extension Consequence {
    /// `type subject`, short enough for a list in a test.
    var shown: String { "\(type) \(subject)" }
}
