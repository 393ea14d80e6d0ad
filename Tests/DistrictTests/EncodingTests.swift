import Facts
import Testing

@testable import District

@Suite("Encoding and replay")
struct EncodingTests {
    /// A history with something of everything, from a seed.
    static func history(_ random: inout Seeded, steps: Int) throws -> Story {
        var story = try Story.founded()
        for step in 0..<steps {
            story.now += Int64(random.below(random.chance(8) ? 90_000_000 : 40_000))
            let id = "device/\(random.below(8))"
            let data = random.chance(2) ? "{}" : "{\"floor\":\(random.below(90))}"
            switch random.below(14) {
            case 0:
                _ = try story.refusal(
                    "source.registered", about: id,
                    "{\"role\":\"device\",\"tokenHash\":\"\(Story.hash(of: id))\",\"silentAfterSeconds\":\(1 + random.below(300))}"
                )
            case 1: _ = try story.refusal("source.revoked", about: id)
            case 2: try story.say("seal.requested", about: "x")
            case 3:
                try story.adopt(
                    "s\(random.below(3))", step + 2,
                    "{\"t.n\(random.below(3))\":{\"data\":{\"n\(step)\":{\"type\":\"int\",\"required\":false}}}}",
                    orRefused: true)
            case 4:
                try story.say(
                    "system.upgraded", by: District.platformSource, about: "x",
                    "{\"foldVersion\":\(1 + random.below(3))}")
            case 5: try story.wait(Int64(random.below(100_000)))
            case 6: _ = try story.refusal("t.n\(random.below(3))", by: id, about: "thing/\(random.below(5))")
            default:
                _ = try story.refusal(
                    "lamp.failed", by: random.pick([id, "device/a", "device/b"]), about: "lamp/\(random.below(30))",
                    data,
                    random.chance(3) ? ",\"sequence\":\(step)" : "")
            }
        }
        return story
    }

    @Test("at every step of random histories: encode, decode, encode is the same")
    func roundTrip() throws {
        var random = Seeded(stream: 32)
        for _ in 0..<3 {
            let story = try Self.history(&random, steps: 120)
            var district = District()
            for logged in story.facts {
                district.apply(logged)
                let encoded = district.encoded
                let copy = try District(encoded: encoded)
                #expect(
                    copy.encoded == encoded && copy.digest == district.digest, "at \(logged.index), seed \(Seeded.seed)"
                )
                #expect(copy.nextDue == district.nextDue, "at \(logged.index), seed \(Seeded.seed)")
                #expect(
                    copy.schemas.types == district.schemas.types && copy.schemas.version == district.schemas.version)
            }
            #expect(district.digest == story.district.digest)
        }
    }

    @Test("a replay from any snapshot gives the state of a replay from nothing, and demands the same")
    func replay() throws {
        var random = Seeded(stream: 33)
        let story = try Self.history(&random, steps: 200)
        #expect(try story.replayed().digest == story.district.digest, "seed \(Seeded.seed)")
        var district = District()
        for logged in story.facts {
            district.apply(logged)
            guard random.chance(6) else { continue }
            let snapshot = try District(encoded: district.encoded)
            #expect(snapshot.consequences(of: logged) == district.consequences(of: logged))
            #expect(snapshot.dueConsequence(by: .max) == district.dueConsequence(by: .max), "seed \(Seeded.seed)")
            #expect(
                try story.replayed(from: snapshot).digest == story.district.digest,
                "from \(logged.index), seed \(Seeded.seed)")
        }
    }

    @Test("an audit finds behind each fact exactly what the rules demand")
    func audit() throws {
        var random = Seeded(stream: 34)
        let story = try Self.history(&random, steps: 200)
        var district = District()
        var expected: [[UInt8]] = []
        for logged in story.facts {
            if let next = expected.first {
                #expect(logged.fact.body == next, "at \(logged.index), seed \(Seeded.seed)")
                expected.removeFirst()
            } else if let due = district.dueConsequence(by: logged.received) {
                #expect(logged.fact.body == due.body, "at \(logged.index), seed \(Seeded.seed)")
            } else {
                #expect(district.refusal(of: logged.fact) == nil, "at \(logged.index), seed \(Seeded.seed)")
            }
            district.apply(logged)
            expected = district.consequences(of: logged).map(\.body) + expected
        }
        #expect(expected.isEmpty)
    }

    /// The digest of one fixed history, written down. It must be the same in every process (hashing is seeded anew in
    /// each) and in every later version: a change of the encoding or of the fold needs a new version number beside it.
    @Test("the golden history has its golden digest")
    func golden() throws {
        var story = try Story.founded()
        story.now += 1_000
        try story.say("lamp.failed", by: "device/a", about: "lamp/1", "{\"floor\":3}", ",\"sequence\":\"12\"")
        try story.say("lamp.failed", by: "device/b", about: "路灯/二", "{\"floor\":-1}")
        try story.wait(100_000)
        try story.say("lamp.failed", by: "device/a", about: "lamp/2")
        try story.say("source.revoked", about: "device/b")
        try story.register("crew/1", role: "crew")
        try story.say(
            "source.registered", about: "device/signs",
            "{\"role\":\"device\",\"key\":\"EdDSA:11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}")
        try story.say("lamp.mended", by: "crew/1", about: "lamp/2")
        try story.adopt("street", 2, "{\"lamp.lit\":{\"data\":{\"level\":{\"type\":\"double\",\"maximum\":0.5}}}}")
        try story.wait(Story.day)
        try story.say("lamp.lit", by: "device/a", about: "lamp/1", "{\"level\":0.25}")
        try story.say("seal.requested", about: "x")
        #expect(story.district.size == 21)
        #expect(story.district.encoded.count == 2_439)
        #expect(story.district.digest == "c7cbf9b98d0b3d1a3f204570bc3c280f60cab73855247f256164fc1944ed6684")
        #expect(District().digest == "efde240880d3d79abfc652f05cf8fb0c245d0b3d02f78b9b307aaa4b1ba5a700")
    }

    @Test("snapshots that could not have been written are refused")
    func refused() throws {
        let story = try Story.founded()
        let encoded = story.district.encoded
        #expect(throws: District.SnapshotError.self) { try District(encoded: []) }
        #expect(throws: District.SnapshotError.self) { try District(encoded: encoded + [0]) }
        #expect(throws: District.SnapshotError.self) { try District(encoded: encoded.dropLast()) }
        for count in stride(from: 0, to: encoded.count, by: 7) {
            #expect(throws: District.SnapshotError.self) { try District(encoded: Array(encoded[..<count])) }
        }
    }

    @Test("damaged snapshots: 55,000 never crash; what is read is canonical and works")
    func damaged() throws {
        var random = Seeded(stream: 35)
        var story = try Self.history(&random, steps: 12)
        try story.say("lamp.failed", by: "device/a", about: "lamp/1")
        let encoded = story.district.encoded
        let fact = try #require(story.facts.last { $0.fact.type == story.district.schemas.number(of: "lamp.failed") })
        var taken = 0
        for _ in 0..<55_000 {
            let bytes = Mutator.damage(encoded, &random)
            guard var district = try? District(encoded: bytes) else { continue }
            taken += 1
            #expect(district.encoded == bytes, "seed \(Seeded.seed)")
            guard taken % 8 == 0 else { continue }
            _ = district.dueConsequence(by: .max)
            district.apply(LoggedFact(index: district.size, received: story.now, fact: fact.fact))
            while let due = district.dueConsequence(by: story.now),
                let consequence = try? FactReader(schemas: district.schemas, now: nil).read(due.body),
                district.size < 1_000
            {
                district.apply(LoggedFact(index: district.size, received: story.now, fact: consequence))
            }
            _ = district.digest
        }
        #expect(taken > 500)
    }
}

extension Story {
    /// Adopts where the state allows it.
    mutating func adopt(_ scenario: String, _ version: Int, _ facts: String, orRefused: Bool) throws {
        _ = try refusal("scenario.adopted", about: scenario, "{\"version\":\(version),\"facts\":\(facts)}")
    }
}
