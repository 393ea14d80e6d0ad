import Facts
import Testing

/// A CloudEvents object for tests, its members as raw JSON in the order in which they are written.
struct Event {
    var members: [(name: String, json: String)]

    /// A fact of the given type that is right; `data` as raw JSON.
    init(_ type: String = "test.minimal", data: String? = "{\"floor\":3}") {
        members = [
            ("specversion", "\"1.0\""), ("id", "\"a1\""), ("source", "\"device/1\""), ("type", "\"\(type)\""),
            ("subject", "\"building/12\""), ("time", "\"2026-11-24T08:00:00Z\""),
        ]
        if let data { members.append(("data", data)) }
    }

    /// Sets or adds a member.
    func with(_ name: String, _ json: String) -> Event {
        var event = self
        if let index = members.firstIndex(where: { $0.name == name }) {
            event.members[index].json = json
        } else {
            event.members.append((name, json))
        }
        return event
    }

    func without(_ name: String) -> Event {
        var event = self
        event.members.removeAll { $0.name == name }
        return event
    }

    /// Puts a member at the front.
    func first(_ name: String, _ json: String? = nil) -> Event {
        var event = self
        let old = event.members.firstIndex { $0.name == name }.map { event.members.remove(at: $0).json }
        event.members.insert((name, json ?? old ?? "null"), at: 0)
        return event
    }

    var text: String { "{" + members.map { "\"\($0.name)\":\($0.json)" }.joined(separator: ",") + "}" }
    var bytes: [UInt8] { Array(text.utf8) }
}

/// Types that together have a field of each kind.
enum TestTypes {
    static let json = """
        {"test.everything":{"subject":"thing","crs":["wgs84","gcj02","bd09","cgcs2000"],"data":{
        "flag":{"type":"bool","required":false},
        "count":{"type":"int","minimum":-5,"maximum":150,"required":false},
        "level":{"type":"double","minimum":0,"maximum":0.5,"required":false},
        "name":{"type":"string","maxLength":8,"required":false},
        "door":{"type":"string","values":["open","closed","半开"],"required":false},
        "at":{"type":"time","required":false},
        "position":{"type":"point","required":false},
        "second":{"type":"point","required":false},
        "asset":{"type":"asset","required":false},
        "uri":{"type":"uri","required":false},
        "any":{"type":"json","required":false}},
        "private":{"person":{"type":"string","maxLength":8,"required":false},
        "text":{"type":"string","required":false},"home":{"type":"point","required":false},
        "more":{"type":"json","required":false}}},
        "test.minimal":{"data":{"floor":{"type":"int"}}},
        "test.bare":{},
        "test.located":{"crs":["gcj02","wgs84"],"data":{"position":{"type":"point"}}},
        "test.open":{"subject":"thing","data":{"value":{"type":"json","required":false},
        "number":{"type":"double","required":false},"long":{"type":"string","maxLength":65536,"required":false}},
        "private":{"long":{"type":"string","maxLength":65536,"required":false}}}}
        """

    static func schemas() throws -> SchemaSet {
        SchemaSet(try FactType.types(in: try JSONValue(parsing: Array(json.utf8))))
    }

    /// 2026-11-24T08:00:00Z, the time that events carry unless they say otherwise.
    static let now: Int64 = 1_795_507_200_000

    static func reader() throws -> FactReader { FactReader(schemas: try schemas(), now: now) }
}

/// Expects a refusal with that code and field, whose rule contains the words.
func expectRefused(
    _ bytes: [UInt8], _ code: Refusal.Code, _ field: String, _ rule: String, by reader: FactReader,
    _ place: SourceLocation = #_sourceLocation
) {
    do {
        _ = try reader.read(bytes)
        Issue.record("was taken: \(String(decoding: bytes.prefix(300), as: UTF8.self))", sourceLocation: place)
    } catch {
        #expect(error.code == code, "\(error)", sourceLocation: place)
        #expect(error.field == field, "\(error)", sourceLocation: place)
        #expect(error.rule.contains(rule), "\(error)", sourceLocation: place)
    }
}
