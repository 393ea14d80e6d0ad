import District
import Facts

/// Schemas are read or refused, as a scenario's file and as they come back from the log.
enum SchemaTarget {
    static func examine(_ bytes: [UInt8]) {
        if let value = try? JSONValue(parsing: bytes) {
            demand((try? JSONValue(parsing: value.text)) == value, "a tree is written as the tree it is")
            if let types = try? FactType.types(in: value) { check(types, value) }
        }
        guard let scenario = try? Scenario(yaml: String(decoding: bytes, as: UTF8.self), file: "fuzz") else { return }
        demand(!scenario.name.isEmpty && scenario.version > 0, "a scenario has a name and a version")
        check(scenario.types, scenario.facts)
        let adoption = FactWriter.body(
            id: "1", source: District.operatorSource, type: "scenario.adopted", subject: "fuzz",
            time: 1_800_000_000_000,
            data: .object([.init("version", .integer(scenario.version)), .init("facts", scenario.facts)]))
        guard adoption.count <= FactReader.maximumBody else { return }
        demand((try? adoptions.read(adoption)) != nil, "an accepted scenario can be adopted")
    }

    private static let adoptions = FactReader(schemas: District().schemas, now: nil)

    /// The log keeps the schemas as JSON; what comes back from there must be the same types.
    private static func check(_ types: [FactType], _ source: JSONValue) {
        guard let read = try? JSONValue(parsing: source.text), let again = try? FactType.types(in: read) else {
            broken("accepted schemas come back from the log")
        }
        demand(again == types, "schemas come back from the log as they were")
        let set = SchemaSet(types)
        demand(set.types.count == types.count, "each type has its own number")
        for (number, type) in types.enumerated() {
            demand(set.number(of: type.name) == number, "\(type.name) is found")
        }
        // A fact that says nothing meets every rule of every field.
        let reader = FactReader(schemas: set, now: 1_800_000_000_000)
        for type in types {
            let head =
                "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"s\",\"type\":\"\(type.name)\",\"subject\":\"s\","
            for data in ["", ",\"data\":{}", ",\"data\":{\"a\":1,\"b\":\"\",\"crs\":\"wgs84\"}"] {
                _ = try? reader.read(Array("\(head)\"time\":\"2026-01-01T00:00:00Z\"\(data)}".utf8))
            }
        }
    }
}
