import Testing

@testable import Client

@Suite struct FactAnswerTests {
    @Test func readsABatch() throws {
        let text = """
            [ {"index":8} ,{"duplicate" : true,"index":7,"more":{"a":[1,-2.5e3,"x",null,{}],"b":[]}},
            {"error":{"code":"schema","field":"data.floor","rule":"maximum 150","message":"zu \\"hoch\\" \\u9ad8\\ud83d\\ude00\\n"}},
            {"error":{"code":"json","field":null,"message":"高"}},{"index":18446744073709551615,"duplicate":false}]
            """
        #expect(
            try AnswerScanner.array(Array(text.utf8), count: 5) == [
                .accepted(index: 8, duplicate: false), .accepted(index: 7, duplicate: true),
                .refused(code: "schema", field: "data.floor", rule: "maximum 150", message: "zu \"hoch\" 高😀\n"),
                .refused(code: "json", field: nil, rule: nil, message: "高"),
                .accepted(index: .max, duplicate: false),
            ])
        #expect(try AnswerScanner.array(Array("[]".utf8), count: 0).isEmpty)
    }

    @Test(arguments: [
        "", "[", "[]", "{}", "[{}]", "[{\"index\":}]", "[{\"index\":-1}]", "[{\"index\":1}", "[{\"index\":1}]]",
        "[{\"index\":1},]",
        "[{\"index\":1},{\"index\":2}]", "[{\"index\":18446744073709551616}]", "[{\"index\":1,\"duplicate\":1}]",
        "[{\"index",
        "[{\"error\":{\"code\":\"\\u12\"}}]", "[{\"error\":{\"code\":\"\\x\"}}]", "[{\"error\":7}]", "<html>",
    ])
    func refusesWhatIsNoAnswerToOneFact(text: String) {
        #expect(throws: ClientError.self) { try AnswerScanner.array(Array(text.utf8), count: 1) }
    }

    @Test func refusesDeepNesting() {
        let deep = #"{"index":1,"x":"# + String(repeating: "[", count: 100_000)
        #expect(throws: ClientError.self) { try AnswerScanner.one(Array(deep.utf8)) }
    }

    /// No cut of a right answer is taken for one, nor crashes.
    @Test func everyPrefixIsRefused() {
        let bytes = Array(#"{"error":{"code":"a\u00e9\\","field":null,"more":[1,{"b":true}],"message":"m"}}"#.utf8)
        for end in 0..<bytes.count {
            #expect(throws: ClientError.self) { try AnswerScanner.one(Array(bytes[..<end])) }
        }
        #expect(throws: Never.self) { try AnswerScanner.one(bytes) }
    }

    @Test func basesAreParsed() throws {
        let cases: [(String, String, Int, String)] = [
            ("http://127.0.0.1:8080", "127.0.0.1", 8080, ""), ("http://city.example", "city.example", 80, ""),
            ("http://[::1]:9/", "::1", 9, ""), ("http://host/a/b/", "host", 80, "/a/b"),
            ("http://h:1/jianghan", "h", 1, "/jianghan"),
        ]
        for (text, host, port, prefix) in cases {
            let base = try BaseURL(text)
            #expect(base.host == host && base.port == port && base.prefix == prefix, "\(text)")
        }
        let bad = [
            "", "https://host", "host:80", "http://", "http://:80", "http://h:0", "http://h:65536", "http://h:+1",
            "http://h:", "http://h:80a",
            "http://[::1", "http://[::1]x", "http://u@h", "http://h/a b", "http://h/?q", "http://h/#f",
        ]
        for text in bad {
            #expect(throws: ClientError.badURL(text)) { try BaseURL(text) }
        }
    }
}
