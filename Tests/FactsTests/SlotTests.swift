import Atlas
import Facts
import Testing

@Suite("Members of data and private")
struct SlotTests {
    let reader: FactReader
    init() throws { reader = try TestTypes.reader() }

    @Test(
        "each kind: what is refused, by which rule, in data before and behind its type",
        arguments: [
            ("flag", "1", "must be true or false"), ("flag", "\"true\"", "must be true or false"),
            ("count", "1.0", "must be an integer"), ("count", "1e2", "must be an integer"),
            ("count", "\"1\"", "must be an integer"),
            ("count", "-6", "minimum -5"), ("count", "151", "maximum 150"), ("count", "null", "must be an integer"),
            ("level", "\"0\"", "must be a number"), ("level", "-0.001", "minimum 0"),
            ("level", "0.500001", "maximum 0.5"),
            ("name", "5", "must be a text"), ("name", "\"123456789\"", "at most 8 bytes"),
            ("name", "\"中中中\"", "at most 8 bytes"),
            ("door", "\"ajar\"", "must be one of: open, closed, 半开"), ("door", "\"\"", "must be one of"),
            ("at", "5", "RFC 3339"), ("at", "\"yesterday\"", "RFC 3339"),
            ("asset", "\"\"", "must not be empty"), ("uri", "[]", "must be a text"),
            ("position", "\"114,30\"", "must be [longitude, latitude]"),
            ("position", "[114]", "must be [longitude, latitude]"),
            ("position", "[114,30,5]", "must be [longitude, latitude]"),
            ("position", "[\"114\",30]", "must be [longitude, latitude]"),
            ("position", "[]", "must be [longitude, latitude]"),
            ("position", "[30.58,114.27]", "is the order [lon, lat]?"),
            ("position", "[180.0000001,0]", "longitude must be -180 to 180"),
            ("position", "[0,-90.1]", "latitude must be"),
            ("crs", "\"epsg4326\"", "must be one of: wgs84, gcj02, bd09, cgcs2000"), ("crs", "5", "must be one of"),
            ("unknown", "1", "is not in the schema of test.everything"),
        ])
    func refusals(_ name: String, _ value: String, _ rule: String) {
        let event = Event("test.everything", data: "{\"\(name)\":\(value)}")
        expectRefused(event.bytes, .schema, "data.\(name)", rule, by: reader)
        expectRefused(event.first("data").bytes, .schema, "data.\(name)", rule, by: reader)
    }

    @Test("length is that of the text, not of its spelling")
    func escapedLength() throws {
        let data = "{\"name\":\"\\u4e2d\\u4e2dab\"}"
        #expect(try reader.read(Event("test.everything", data: data).bytes).string(slot: 3) == "中中ab")
        let longer = "{\"name\":\"\\u4e2d\\u4e2dabc\"}"
        expectRefused(Event("test.everything", data: longer).bytes, .schema, "data.name", "at most 8 bytes", by: reader)
    }

    @Test("required and optional members; data itself")
    func required() throws {
        expectRefused(Event(data: "{}").bytes, .schema, "data.floor", "is required", by: reader)
        expectRefused(Event(data: nil).bytes, .schema, "data.floor", "is required", by: reader)
        expectRefused(Event(data: "[]").bytes, .schema, "data", "must be an object", by: reader)
        expectRefused(Event(data: "[]").first("data").bytes, .schema, "data", "must be an object", by: reader)
        _ = try reader.read(Event("test.bare", data: nil).bytes)
        _ = try reader.read(Event("test.bare", data: "{}").bytes)
        expectRefused(
            Event("test.bare", data: "{\"a\":1}").bytes, .schema, "data.a", "is not in the schema", by: reader)
        expectRefused(Event(data: "{\"floor\":1,\"floor\":1}").bytes, .malformed, "", "stands twice", by: reader)
        expectRefused(Event(data: "{\"floor\":1,\"\\u0066loor\":1}").bytes, .malformed, "", "stands twice", by: reader)
        let twice = "{\"crs\":\"wgs84\",\"position\":[1,1],\"crs\":\"gcj02\"}"
        expectRefused(Event("test.located", data: twice).bytes, .malformed, "", "stands twice", by: reader)
        let twiceDeep = "{\"any\":{\"a\":{\"b\":1,\"b\":2}}}"
        expectRefused(Event("test.everything", data: twiceDeep).bytes, .malformed, "", "stands twice", by: reader)
    }

    @Test("a type of more than 64 members")
    func wideType() throws {
        let fields = (0..<80).map { "\"f\($0)\":{\"type\":\"int\"}" }.joined(separator: ",")
        let types = try FactType.types(in: JSONValue(parsing: Array("{\"wide.type\":{\"data\":{\(fields)}}}".utf8)))
        let reader = FactReader(schemas: SchemaSet(types), now: nil)
        let all = (0..<80).map { "\"f\($0)\":\($0)" }
        #expect(
            try reader.read(Event("wide.type", data: "{\(all.joined(separator: ","))}").bytes).integer(slot: 79) == 79)
        #expect(
            try reader.read(Event("wide.type", data: "{\(all.reversed().joined(separator: ","))}").bytes).integer(
                slot: 3) == 3)
        expectRefused(
            Event("wide.type", data: "{\(all.dropLast().joined(separator: ","))}").bytes, .schema, "data.f79",
            "is required",
            by: reader)
        expectRefused(
            Event("wide.type", data: "{\((all + ["\"f79\":1"]).joined(separator: ","))}").bytes, .malformed, "",
            "stands twice",
            by: reader)
    }

    @Test("private keeps to its schema; the message never shows its values")
    func privatePart() throws {
        let breaches = [
            ("{\"phone\":\"13800000000\"}", "private.phone", "is not in the schema"),
            ("{\"person\":\"13800000000\"}", "private.person", "at most 8 bytes"),
            ("{\"person\":5}", "private.person", "text"),
            ("{\"home\":[30,114]}", "private.home", "order"),
            ("{\"crs\":\"gcj02\"}", "private.crs", "is not in the schema"),
        ]
        for (value, field, rule) in breaches {
            let event = Event("test.everything", data: "{}").with("private", value)
            expectRefused(event.bytes, .schema, field, rule, by: reader)
            expectRefused(event.first("private").bytes, .schema, field, rule, by: reader)
            #expect { try reader.read(event.bytes) } throws: { !"\($0)".contains("13800000000") }
        }
        expectRefused(
            Event("test.everything", data: "{}").with("private", "{\"person\":\"a\",\"person\":\"b\"}").bytes,
            .malformed, "",
            "stands twice", by: reader)
        expectRefused(
            Event("test.bare", data: nil).with("private", "{\"a\":1}").bytes, .schema, "private.a",
            "is not in the schema",
            by: reader)
    }

    @Test(
        "a point in another system becomes WGS-84, the system named before or behind it",
        arguments: CoordinateSystem.allCases)
    func systems(_ system: CoordinateSystem) throws {
        let position = try #require(system.position(lon: 114.2734, lat: 30.5801))
        for data in [
            "{\"crs\":\"\(system.rawValue)\",\"position\":[114.2734,30.5801]}",
            "{\"position\":[114.2734,30.5801],\"crs\":\"\(system.rawValue)\"}",
            "{\"position\":[114.2734,30.5801],\"second\":[114.2734,30.5801],\"crs\":\"\(system.rawValue)\"}",
        ] {
            let event = Event("test.everything", data: data)
            #expect(try reader.read(event.bytes).slots[6] == .position(position))
            #expect(try reader.read(event.first("data").bytes).slots[6] == .position(position))
            #expect(try reader.read(event.bytes).body == event.bytes, "the original is kept")
        }
        let wgs84 = Position(lon: 1_142_734_000, lat: 305_801_000)
        #expect((position == wgs84) == (system == .wgs84 || system == .cgcs2000))
    }

    @Test("without crs the first system of the schema is meant")
    func defaultSystem() throws {
        let fact = try reader.read(Event("test.located", data: "{\"position\":[114.2734,30.5801]}").bytes)
        #expect(fact.slots[0] == CoordinateSystem.gcj02.position(lon: 114.2734, lat: 30.5801).map { .position($0) })
        let bd09 = "{\"position\":[114,30],\"crs\":\"bd09\"}"
        expectRefused(
            Event("test.located", data: bd09).bytes, .schema, "data.crs", "must be one of: gcj02, wgs84", by: reader)
    }

    @Test("the corners of the earth, in every system: taken or refused, never a crash")
    func corners() throws {
        for system in CoordinateSystem.allCases {
            for lon in ["-180", "180", "0", "-0.0", "179.99999999", "137.8347", "72.004"] {
                for lat in ["-90", "90", "0", "89.99999999", "55.8271", "0.8293"] {
                    let data = "{\"position\":[\(lon),\(lat)],\"crs\":\"\(system.rawValue)\"}"
                    do {
                        let fact = try reader.read(Event("test.everything", data: data).bytes)
                        #expect(fact.slots[6] != .absent)
                    } catch {
                        #expect(error.field == "data.position", "\(error)")
                    }
                }
            }
        }
    }
}
