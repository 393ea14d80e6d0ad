import Facts
import Testing

@testable import District

@Suite("Founding and adoption")
struct FoundingTests {
    @Test("given nothing, when the district is founded, then it and its own two sources exist")
    func founding() throws {
        var story = Story()
        try story.say("district.founded", by: District.platformSource, about: "江汉", Story.founding())
        let founding = try #require(story.district.founding)
        #expect(founding.name == "江汉" && founding.origin == "example.org/jianghan" && founding.utcOffsetMinutes == 480)
        #expect(founding.isSimulated && founding.plane.latitude == 305_800_000)
        #expect(founding.plane.millimetresPerDegreeNorth == 110_860_000)
        #expect(story.district.sources.registrations.map(\.id) == [District.platformSource, District.operatorSource])
        #expect(story.district.size == 1 && story.district.time == Story.start)
    }

    @Test("before it, nothing else; after it, not again")
    func order() throws {
        var story = Story()
        #expect(try story.refusal("seal.requested", about: "x")?.code == .conflict)
        #expect(try story.refusal("seal.requested", about: "x")?.field == "type")
        try story.say("district.founded", by: District.platformSource, about: "a", Story.founding())
        let again = try story.refusal("district.founded", by: District.platformSource, about: "a", Story.founding())
        #expect(again?.code == .conflict && again?.rule.contains("founded already") == true)
    }

    @Test("a refusal changes nothing")
    func refusalChangesNothing() throws {
        var story = try Story.founded()
        let digest = story.district.digest
        #expect(try story.refusal("source.revoked", about: "device/none") != nil)
        #expect(try story.refusal("lamp.failed", by: "device/none", about: "x") != nil)
        #expect(story.district.digest == digest)
    }

    @Test("given a scenario, when a higher version comes, then its types keep their numbers")
    func adoption() throws {
        var story = try Story.founded()
        let number = try #require(story.district.schemas.number(of: "lamp.failed"))
        let version = story.district.schemas.version
        #expect(number == PlatformType.allCases.count)
        try story.adopt("street", 2, "{\"lamp.lit\":{},\"lamp.failed\":{\"data\":{\"kind\":{\"type\":\"string\"}}}}")
        #expect(story.district.schemas.number(of: "lamp.failed") == number)
        #expect(story.district.schemas.number(of: "lamp.lit") == number + 2)
        #expect(story.district.schemas["lamp.mended"] != nil, "a type that is no longer named stays: old facts need it")
        #expect(story.district.schemas.types[number].data.map(\.name) == ["kind"])
        #expect(story.district.schemas.version > version)
        #expect(story.district.scenarios.map(\.name) == ["street"] && story.district.scenarios.map(\.version) == [2])
    }

    @Test("refusals of an adoption: field and rule")
    func adoptionRefused() throws {
        var story = try Story.founded()
        func adopt(_ scenario: String, _ version: Int, _ facts: String) throws -> Refusal? {
            try story.refusal("scenario.adopted", about: scenario, "{\"version\":\(version),\"facts\":\(facts)}")
        }
        for version in [1, 0, -1] {
            let refusal = try adopt("street", version, "{}")
            #expect(refusal?.field == "data.version", "\(String(describing: refusal))")
        }
        #expect(try adopt("street", 1, "{}")?.rule.contains("version 1 of 'street' is in force") == true)
        let stolen = try adopt("other", 1, "{\"lamp.failed\":{}}")
        #expect(stolen?.code == .conflict && stolen?.field == "data.facts.lamp.failed")
        #expect(stolen?.rule == "belongs to scenario 'street'")
        let platform = try adopt("other", 1, "{\"district.founded\":{}}")
        #expect(platform?.rule == "belongs to the platform")
        let wrong = try adopt("other", 1, "{\"a.b\":{\"data\":{\"f\":{\"type\":\"intt\"}}}}")
        #expect(
            wrong?.code == .schema && wrong?.field == "data.facts.a.b.data.f.type"
                && wrong?.rule.contains("'int'") == true)
        #expect(try adopt("other", 1, "5")?.field == "data.facts")
        #expect(try adopt("other", 1, "{\"fell\":{}}")?.field == "data.facts.fell")
    }

    @Test("names are told apart by their bytes")
    func namesAreBytes() throws {
        var story = try Story.founded()
        try story.adopt("caf\u{E9}", 1, "{\"cup.broke\":{}}")
        let refusal = try story.refusal(
            "scenario.adopted", about: "cafe\u{301}", "{\"version\":2,\"facts\":{\"cup.broke\":{}}}")
        #expect(refusal?.field == "data.facts.cup.broke")
        try story.adopt("cafe\u{301}", 1, "{\"cup.fell\":{}}")
        #expect(story.district.scenarios.count == 3)
    }

    @Test("apply is total: a log that adopts over the platform's own types folds without harm")
    func hostileLog() throws {
        var story = try Story.founded()
        let data = "{\"version\":1,\"facts\":{\"source.registered\":{},\"district.founded\":{}}}"
        let body = story.body("scenario.adopted", by: District.operatorSource, about: "evil", data)
        var district = story.district
        let reader = FactReader(schemas: district.schemas, now: nil)
        district.apply(LoggedFact(index: district.size, received: story.now, fact: try reader.read(body)))
        let registration = story.body(
            "source.registered", by: District.operatorSource, about: "device/z", "{\"role\":\"device\"}")
        if let fact = try? FactReader(schemas: district.schemas, now: nil).read(registration) {
            district.apply(LoggedFact(index: district.size, received: story.now, fact: fact))
        }
        #expect(district.schemas["source.registered"]?.data.isEmpty == false)
        #expect(try District(encoded: district.encoded).digest == district.digest)
    }
}
