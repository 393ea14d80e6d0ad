import Facts
import Foundation
import Testing

@Suite("Scenario files")
struct ScenarioTests {
    static let good = """
        scenario: lamps
        title: {zh: 路灯, en: Lamps}
        version: 3
        facts:
          lamp.failed:
            subject: lamp
            data:
              since: {type: time, required: false}
              kind:
                type: string
                values: [led, "sodium", '5']
        """

    @Test func reads() throws {
        let scenario = try Scenario(yaml: Self.good, file: "scenario.yaml")
        #expect(scenario.name == "lamps" && scenario.version == 3 && scenario.types.map(\.name) == ["lamp.failed"])
        #expect(scenario.types.first?.data[1].values == ["led", "sodium", "5"])
        // What goes into the log is the same tree.
        let again = try JSONValue(parsing: scenario.facts.text)
        #expect(again == scenario.facts)
        #expect(try FactType.types(in: again) == scenario.types)
    }

    @Test("every folder of scenarios loads and is named as its file says")
    func folders() throws {
        let folder = SharedData.repository.appending(path: "Scenarios")
        // Absent where the tests stand apart from the repository.
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path) else { return }
        for name in names {
            let file = folder.appending(path: "\(name)/scenario.yaml")
            let scenario = try Scenario(yaml: String(contentsOf: file, encoding: .utf8), file: file.path)
            #expect(scenario.name == name && !scenario.types.isEmpty)
        }
    }

    static func replaced(_ old: String, _ new: String) -> String { good.replacingOccurrences(of: old, with: new) }

    @Test(
        "each kind of error names file, line, place and rule",
        arguments: [
            ("", 0, "the file is empty"), ("# nothing", 0, "the file is empty"),
            ("a: [1,\nb: c: d]", 2, "expected"), ("a: \"x", 1, "unexpected end"), ("a: {b: 1\nc: 2", 2, "expected"),
            ("\ta: 1", 1, "cannot start any token"), ("a: b: c", 1, "not allowed in this context"),
            ("a: 1\n---\nb: 2", 2, "a single document"), ("a: 1\nb: \u{1}", 2, "control characters"),
            ("a: *b", 1, "undefined alias"),
            (replaced("version: 3", "version: 3\nversion: 4"), 3, "'version' stands twice"),
            (replaced("    subject: lamp", "    subject: lamp\n    subject: pole"), 6, "'subject' stands twice"),
            ("- a\n- b", 1, "must be a mapping"), ("scenario", 1, "must be a mapping"),
            (replaced("scenario: lamps\n", ""), 1, "needs 'scenario'"),
            (replaced("lamps", "[a]"), 1, "scenario: must be a text"),
            (replaced("version: 3", "version: 0"), 3, "version: must be an integer from 1"),
            (replaced("version: 3\n", ""), 1, "version: must be an integer from 1"),
            (replaced("version: 3", "version: x"), 3, "version: must be an integer from 1"),
            (replaced("version: 3", "version: 1.5"), 3, "version: must be an integer from 1"),
            (replaced("version: 3", "version: -9223372036854775808"), 3, "version: must be an integer from 1"),
            (replaced("version: 3", "version: 3\nrules: {}"), 4, "rules: is not read by this version"),
            (replaced("facts:", "fact:"), 4, "did you mean 'facts'?"),
            (replaced("lamp.failed", "lamp"), 5, "facts › lamp: a type is two or more words"),
            (replaced("    subject", "    subjet"), 6, "facts › lamp.failed › subjet: 'subjet' is none of"),
            (replaced("    subject", "    subjet"), 6, "did you mean 'subject'?"),
            (replaced("type: time", "type: tme"), 8, "facts › lamp.failed › data › since › type: 'tme' is none of"),
            (replaced("type: string", "typ: string"), 10, "did you mean 'type'?"),
            (replaced("[led, \"sodium\", '5']", "[led, 5]"), 11, "values: must be a list of texts"),
            ("? [a]\n: b", 1, "a key must be a text"),
        ])
    func errors(_ yaml: String, _ line: Int, _ message: String) throws {
        do {
            _ = try Scenario(yaml: yaml, file: "lamps/scenario.yaml")
            Issue.record("was taken: \(yaml)")
        } catch {
            #expect(error.line == line, "\(error)")
            #expect(error.message.contains(message), "\(error)")
            let place = line > 0 ? "lamps/scenario.yaml:\(line): " : "lamps/scenario.yaml: "
            #expect(error.description.hasPrefix(place), "\(error)")
            #expect(error.message.utf8.count < 300 && !error.message.contains("YamlError"), "\(error)")
        }
    }

    @Test("a quoted or block scalar is a text, whatever it looks like")
    func quoted() throws {
        for text in ["'5'", "\"5\"", "|-\n            5", ">-\n            5"] {
            let scenario = try Scenario(yaml: Self.replaced("subject: lamp", "subject: \(text)"), file: "x")
            #expect(scenario.types.first?.subject == "5")
        }
        #expect(throws: Scenario.LoadError.self) {
            try Scenario(yaml: Self.replaced("subject: lamp", "subject: 5"), file: "x")
        }
    }
}
