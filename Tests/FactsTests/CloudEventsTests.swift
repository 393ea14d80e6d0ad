import Facts
import Foundation
import Testing

/// The examples in structured JSON mode that stand in the CloudEvents specification itself.
@Suite(
    "CloudEvents' own examples",
    .enabled(if: SharedData.has("cloudevents/cloudevents"), "needs the specification's text"))
struct CloudEventsTests {
    @Test func examples() throws {
        var taken = 0
        var refused: [String: Int] = [:]
        for (name, text) in try Self.examples() {
            let shown: Comment = "\(name): \(text)"
            let value = try JSONValue(parsing: Array(text.utf8))
            let written = try #require(value["type"]?.string, shown)
            // Our types have no underscore.
            let type = written.replacingOccurrences(of: "_", with: "-")
            let bytes = Array(text.replacingOccurrences(of: written, with: type).utf8)
            let isObject = value["data"]?.members != nil
            let isText = value["datacontenttype"]?.string.map { $0 != "application/json" } ?? false
            let fields = value["data"]?.members?.map {
                JSONValue.Member($0.name, .object([.init("type", .string("json"))]))
            }
            let schema = JSONValue.object([.init("data", .object(fields ?? []))])
            let types = try FactType.types(in: .object([.init(type, schema)]))
            let reader = FactReader(schemas: SchemaSet(types), now: nil)
            do throws(Refusal) {
                let fact = try reader.read(bytes)
                #expect(fact.body == bytes && isObject, shown)
                #expect(value["source"]?.string == fact.string(fact.source), shown)
                taken += 1
            } catch {
                // What a fact must have and CloudEvents leaves open: JSON data that is an object, and a time.
                let known =
                    (error.field == "data" && !isObject) || (error.field == "datacontenttype" && isText)
                    || error.field == "data_base64" || (error.field == "time" && value["time"] == nil)
                #expect(known, "\(error) in \(name): \(text)")
                refused[error.message, default: 0] += 1
            }
        }
        print("CloudEvents: \(taken) examples taken, refused: \(refused)")
        #expect(taken >= 2 && taken + refused.values.reduce(0, +) >= 9)
    }

    @Test func ownFixture() throws {
        let text = """
            { "specversion" : "1.0", "type" : "test.open", "source" : "/mycontext", "id" : "A234-1234-1234",
              "time" : "2018-04-05T17:31:00Z", "subject" : "123", "comexampleextension1" : "value", "comexampleothervalue" : 5,
              "unsetextension": null, "datacontenttype" : "application/json", "data" : {"value" : {"a": "abc"}} }
            """
        let fact = try TestTypes.reader().read(Array(text.utf8))
        #expect(fact.json(slot: 0) == .object([.init("a", .string("abc"))]))
    }

    /// Objects and arrays of objects with a `specversion`, cut out of the Markdown by their brackets.
    private static func examples() throws -> [(String, String)] {
        var result: [(String, String)] = []
        let root = SharedData.url("cloudevents/cloudevents")
        let files = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)?.allObjects ?? []
        for case let file as URL in files where file.pathExtension == "md" {
            let blocks = try String(contentsOf: file, encoding: .utf8).components(separatedBy: "```")
            for (index, block) in blocks.enumerated() where index % 2 == 1 && block.contains("\"specversion\"") {
                guard let open = block.firstIndex(where: { $0 == "{" || $0 == "[" }),
                    let close = block.lastIndex(where: { $0 == "}" || $0 == "]" }), open < close
                else { continue }
                let bytes = Array(block[open...close].utf8)
                if block[open] == "{" {
                    result.append((file.lastPathComponent, String(block[open...close])))
                } else if let ranges = try? FactReader.elements(of: bytes) {
                    result += ranges.map { (file.lastPathComponent, String(decoding: bytes[$0], as: UTF8.self)) }
                }
            }
        }
        // Bindings abbreviate some of theirs with dots.
        return result.filter { (try? JSONValue(parsing: Array($0.1.utf8))) != nil }
    }
}
