import Testing

@testable import Facts

/// Inputs that a fuzzer found, or that its promises caught.
@Suite("Finds of the fuzzer")
struct FuzzFindsTests {
    private func scenario(title: String) throws(Scenario.LoadError) -> Scenario {
        try Scenario(yaml: "scenario: s\nversion: 1\nfacts:\n  a.b:\n    title: \(title)\n", file: "s.yaml")
    }

    /// YAML 1.1 has numbers to the base 60, and Yams traps on those beyond 64 bits.
    @Test(
        "numbers to the base 60 are texts", arguments: ["51:30:131:0:10:13:30:131:0:10:1:0:138:1", "12:30", "-1:0.5"])
    func sexagesimal(number: String) throws {
        let scenario = try scenario(title: number)
        #expect(scenario.facts["a.b"]?["title"] == .string(number))
        let error = #expect(throws: Scenario.LoadError.self) {
            try Scenario(yaml: "scenario: s\nversion: \(number)\nfacts: {}", file: "s.yaml")
        }
        #expect(error?.message == "version: must be an integer from 1")
    }

    /// A file of 40 short lines can stand for a tree of 2^40 values.
    @Test("aliases of aliases are refused before they fill the memory")
    func aliases() {
        let lines = (1..<40).map { "      a\($0): &a\($0) [*a\($0 - 1), *a\($0 - 1)]" }
        let title = "\n      a0: &a0 [x, x]\n" + lines.joined(separator: "\n")
        let error = #expect(throws: Scenario.LoadError.self) { try scenario(title: title) }
        #expect(error?.message.hasSuffix("more than 65535 values, aliases resolved") == true)
    }

    /// What the file may nest is what the fact may nest that brings it into the log, to the level.
    @Test("a scenario that is read can also be adopted")
    func depth() throws {
        let schema = "{\"scenario.adopted\":{\"data\":{\"facts\":{\"type\":\"json\"}}}}"
        let types = try FactType.types(in: JSONValue(parsing: Array(schema.utf8)))
        let reader = FactReader(schemas: SchemaSet(types), now: nil)
        func adoption(of facts: JSONValue) -> [UInt8] {
            FactWriter.body(
                id: "1", source: "s", type: "scenario.adopted", subject: nil, time: 1_800_000_000_000,
                data: .object([.init("facts", facts)]))
        }
        func nested(_ levels: Int) -> String {
            String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
        }
        var deepest = 0
        for levels in 1...40 {
            guard let scenario = try? scenario(title: nested(levels)) else { continue }
            deepest = levels
            #expect(throws: Never.self) { try reader.read(adoption(of: scenario.facts)) }
        }
        // The next level is one too many for both.
        #expect(deepest > 20)
        let title = try JSONValue(parsing: Array(nested(deepest + 1).utf8))
        let facts = JSONValue.object([.init("a.b", .object([.init("title", title)]))])
        #expect(throws: Refusal.self) { try reader.read(adoption(of: facts)) }
        #expect(throws: Scenario.LoadError.self) { try scenario(title: nested(900)) }
    }
}
