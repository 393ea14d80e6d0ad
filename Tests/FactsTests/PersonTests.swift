import Testing

@testable import Facts

@Suite("Whom a private part concerns")
struct PersonTests {
    private static func read(_ part: String) throws(Refusal) -> Fact {
        let scenario: Scenario
        do {
            scenario = try Scenario(
                yaml: """
                    scenario: s
                    version: 1
                    facts:
                      door.opened:
                        private:
                          person: {type: string, required: false}
                          note: {type: string, required: false}
                    """, file: "s.yaml")
        } catch {
            throw Refusal(.malformed, rule: error.description)
        }
        let text = """
            {"specversion":"1.0","id":"1","source":"device/a","type":"door.opened","time":"2026-11-24T08:00:00Z",\
            "private":\(part)}
            """
        return try FactReader(schemas: SchemaSet(scenario.types), now: nil).read(Array(text.utf8))
    }

    @Test("a pseudonym is taken, and stays when the fact is read again")
    func pseudonym() throws {
        let fact = try Self.read(#"{"person":"p-1_Z"}"#)
        #expect(fact.person == "p-1_Z")
        #expect(try Self.read(#"{"note":"x"}"#).person == nil)
    }

    @Test(
        "a name, or a spelling that two readers could take for two, is refused",
        arguments: ["王五", "e\u{301}", "a b", "", "+8613800000000", String(repeating: "p", count: 65)])
    func refused(person: String) {
        let refusal = #expect(throws: Refusal.self) { try Self.read("{\"person\":\"\(person)\"}") }
        #expect(refusal?.field == "private.person")
        #expect(person.isEmpty || refusal?.message.contains(person) == false, "never the value")
    }
}
