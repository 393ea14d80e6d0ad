import Facts
import Testing

@Suite("Batches")
struct BatchTests {
    @Test("bad objects do not take their neighbours down")
    func neighbours() throws {
        let reader = try TestTypes.reader()
        let wrong = [
            "{}", "{\"a\":}", "{\"a\":[1,]}", "{\"specversion\":\"1.0\",\"id\":\"}]\\\"\"}", "{\"x\":nope}",
            "{\"\\u12\":1}",
            Event(data: "{\"floor\":\"x\"}").text, Event("no.such").text, "{\"a\" 1}", "{\"a\":{\"b\":[{}]}}",
            "{\"a\":\"\u{1}\"}",
        ]
        for bad in wrong {
            let good = Event().with("id", "\"中]}\\\"{[\"").with("private", "{}").text
            // `test.minimal` has no private members, but an empty private part is one.
            let bytes = Array(" [ \(good) ,\n\(bad)\t,\(Event().with("subject", "\"s\"").text)] ".utf8)
            let ranges = try FactReader.elements(of: bytes)
            try #require(ranges.count == 3, "\(bad)")
            let first = try reader.read(bytes, in: ranges[0])
            #expect(first.string(first.id) == "中]}\"{[")
            #expect(first.integer(slot: 0) == 3)
            let last = try reader.read(bytes, in: ranges[2])
            #expect(last.subject.map(last.string) == "s")
            #expect(last.body == Array(bytes[ranges[2]]))
            #expect(throws: Refusal.self) { try reader.read(bytes, in: ranges[1]) }
        }
    }

    @Test("an offset in an error counts from the object's own first byte")
    func offsets() throws {
        let bytes = Array("[{},   {\"a\":\"b\"\"c\"}]".utf8)
        let ranges = try FactReader.elements(of: bytes)
        let reader = try TestTypes.reader()
        #expect { try reader.read(bytes, in: ranges[1]) } throws: { "\($0)".contains("(byte 8)") }
        let late = Event(data: "{\"floor\":1e}").first("data").text
        let alone = #expect(throws: Refusal.self) { try reader.read(Array(late.utf8)) }
        let batch = Array("[{},\(late)]".utf8)
        let inside = #expect(throws: Refusal.self) { try reader.read(batch, in: FactReader.elements(of: batch)[1]) }
        #expect(alone == inside)
    }

    @Test(
        "arrays that cannot be told apart",
        arguments: [
            "", "{}", "[", "[{}", "[{},]", "[{} {}]", "[1]", "[null]", "[[]]", "[{}]x", "[{\"a\":\"}]", "\u{FEFF}[]",
            "[{}}]", "[\"{}\"]",
            "[{\"a\":\"\\", "[{\"a\":\"\\\"",
        ])
    func malformed(_ text: String) {
        #expect { try FactReader.elements(of: Array(text.utf8)) } throws: { ($0 as? Refusal)?.code == .malformed }
    }

    @Test func empty() throws {
        #expect(try FactReader.elements(of: Array(" [ ] ".utf8)).isEmpty)
    }
}
