import Atlas
import Facts
import Testing

@Suite("Schemas")
struct FactTypeTests {
    static func types(_ json: String) throws -> [FactType] {
        try FactType.types(in: JSONValue(parsing: Array(json.utf8)))
    }

    @Test("what a schema says")
    func reads() throws {
        let type = try #require(
            Self.types(
                """
                {"object.fell":{"title":{"en":"x"},"subject":"building","report":true,"by":["device","gateway"],"crs":["bd09"],
                "data":{"floor":{"type":"int","minimum":-5,"maximum":150,"unit":"1","title":"x"},
                "where":{"type":"point","required":false},"how":{"type":"string","values":["a","b"],"maxLength":65536}},
                "private":{"person":{"type":"string"}}}}
                """
            ).first)
        #expect(type.name == "object.fell" && type.kind == .report && type.subject == "building")
        #expect(type.roles == [.device, .gateway] && type.coordinateSystems == [.bd09])
        #expect(
            type.data.map(\.name) == ["floor", "where", "how"] && type.slot(named: "how") == 2
                && type.slot(named: "x") == nil)
        #expect(type.data[0].minimum == -5 && type.data[0].maximum == 150 && type.data[0].isRequired)
        #expect(!type.data[1].isRequired && type.data[2].values == ["a", "b"] && type.data[2].maximumLength == 65_536)
        #expect(
            type.data[0].maximumLength == Field.defaultMaximumLength && type.privateFields.map(\.name) == ["person"])
        #expect(
            try Self.types("{\"a.b\":{\"decision\":true},\"c.d\":{\"report\":false},\"e.f\":{}}").map(\.kind) == [
                .decision, .decision, .report,
            ])
    }

    @Test(
        "each breach names its path and its rule",
        arguments: [
            ("[]", "", "must be a mapping"), ("{\"fell\":{}}", "fell", "two or more words"),
            ("{\"a..b\":{}}", "a..b", "two or more"),
            ("{\"a.1b\":{}}", "a.1b", "two or more"), ("{\"a.é\":{}}", "a.é", "two or more"),
            ("{\"a.b\":[]}", "a.b", "must be a mapping"),
            ("{\"a.b\":{\"dat\":{}}}", "a.b/dat", "did you mean 'data'?"),
            ("{\"a.b\":{\"zzzzzz\":1}}", "a.b/zzzzzz", "is none of: title"),
            ("{\"a.b\":{\"report\":true,\"decision\":true}}", "a.b/decision", "not both"),
            ("{\"a.b\":{\"report\":1}}", "a.b/report", "true or false"),
            ("{\"a.b\":{\"subject\":1}}", "a.b/subject", "must be a text"),
            ("{\"a.b\":{\"by\":[\"devise\"]}}", "a.b/by", "did you mean 'device'?"),
            ("{\"a.b\":{\"by\":\"device\"}}", "a.b/by", "list of texts"),
            ("{\"a.b\":{\"by\":[1]}}", "a.b/by", "list of texts"),
            (
                "{\"a.b\":{\"crs\":[\"wgs8\"],\"data\":{\"p\":{\"type\":\"point\"}}}}", "a.b/crs",
                "did you mean 'wgs84'?"
            ),
            ("{\"a.b\":{\"crs\":[\"wgs84\"]}}", "a.b/crs", "has no point"),
            ("{\"a.b\":{\"data\":[]}}", "a.b/data", "must be a mapping"),
            ("{\"a.b\":{\"data\":{\"crs\":{\"type\":\"string\"}}}}", "a.b/data/crs", "platform's own member"),
            ("{\"a.b\":{\"data\":{\"f\":{}}}}", "a.b/data/f", "needs a 'type'"),
            ("{\"a.b\":{\"data\":{\"f\":{\"type\":\"strng\"}}}}", "a.b/data/f/type", "did you mean 'string'?"),
            (
                "{\"a.b\":{\"data\":{\"f\":{\"type\":\"int\",\"maximun\":1}}}}", "a.b/data/f/maximun",
                "did you mean 'maximum'?"
            ),
            (
                "{\"a.b\":{\"data\":{\"f\":{\"type\":\"int\",\"minimum\":2,\"maximum\":1}}}}", "a.b/data/f/minimum",
                "greater than"
            ),
            (
                "{\"a.b\":{\"data\":{\"f\":{\"type\":\"int\",\"minimum\":\"2\"}}}}", "a.b/data/f/minimum",
                "must be a number"
            ),
            ("{\"a.b\":{\"data\":{\"f\":{\"type\":\"bool\",\"minimum\":2}}}}", "a.b/data/f", "only int and double"),
            (
                "{\"a.b\":{\"data\":{\"f\":{\"type\":\"int\",\"values\":[\"1\"]}}}}", "a.b/data/f",
                "only string, asset and uri"
            ),
            (
                "{\"a.b\":{\"data\":{\"f\":{\"type\":\"string\",\"maxLength\":0}}}}", "a.b/data/f/maxLength",
                "1 to 65536"
            ),
            (
                "{\"a.b\":{\"data\":{\"f\":{\"type\":\"string\",\"maxLength\":1.5}}}}", "a.b/data/f/maxLength",
                "1 to 65536"
            ),
            (
                "{\"a.b\":{\"data\":{\"f\":{\"type\":\"string\",\"maxLength\":65537}}}}", "a.b/data/f/maxLength",
                "1 to 65536"
            ),
            ("{\"a.b\":{\"data\":{\"\":{\"type\":\"string\"}}}}", "a.b/data/", "1 to 64 bytes"),
            ("{\"a.b\":{\"private\":{\"f\":{\"type\":\"x\"}}}}", "a.b/private/f/type", "is none of"),
        ])
    func breaches(_ json: String, _ path: String, _ rule: String) throws {
        let facts = try JSONValue(parsing: Array(json.utf8))
        do {
            _ = try FactType.types(in: facts)
            Issue.record("was taken: \(json)")
        } catch {
            #expect(error.path.joined(separator: "/") == path && error.rule.contains(rule), "\(error)")
        }
    }

    @Test("an unknown word of any length is answered quickly and briefly")
    func longWord() throws {
        let word = String(repeating: "x", count: 60_000)
        let facts = JSONValue.object([.init("a.b", .object([.init(word, .null)]))])
        let error = #expect(throws: SchemaError.self) { try FactType.types(in: facts) }
        #expect((error?.rule.utf8.count ?? 0) < 500)
    }

    @Test("a type put in force again keeps its number; the version grows")
    func adoption() throws {
        var schemas = SchemaSet(try Self.types("{\"a.b\":{},\"c.d\":{}}"))
        let version = schemas.version
        schemas.adopt(try Self.types("{\"e.f\":{},\"a.b\":{\"data\":{\"n\":{\"type\":\"int\"}}}}"))
        #expect(schemas.types.map(\.name) == ["a.b", "c.d", "e.f"])
        #expect(schemas.number(of: "a.b") == 0 && schemas["a.b"]?.data.count == 1 && schemas["x.y"] == nil)
        #expect(schemas.version > version)
    }
}
