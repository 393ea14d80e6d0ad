import Foundation
import Testing

@testable import Facts

@Suite("Reading a fact")
struct FactReaderTests {
    let reader: FactReader
    init() throws { reader = try TestTypes.reader() }

    @Test("what a fact holds")
    func everything() throws {
        let data = """
            {"flag":true,"count":150,"level":0.5,"name":"\\u4e2d\\u6587","door":"\\u534a开","at":"2017-01-05T00:08:41.5-08:00",
            "position":[114.27,30.58],"asset":"lift/3","uri":"sha256:ab","any":{"a":[1]}}
            """
        let event = Event("test.everything", data: data).with("sequence", "\"9223372036854775807\"").with("cause", "7")
            .with("private", "{\"person\":\"p\"}")
        let fact = try reader.read(event.bytes)
        #expect(fact.string(fact.id) == "a1")
        #expect(fact.time == TestTypes.now)
        #expect(fact.sequence == 9_223_372_036_854_775_807)
        #expect(fact.cause == 7)
        #expect(fact.slots[0] == .bool(true))
        #expect(fact.integer(slot: 1) == 150)
        #expect(fact.slots[2] == .double(0.5))
        #expect(fact.string(slot: 3) == "中文")
        #expect(fact.string(slot: 4) == "半开")
        #expect(fact.slots[5] == .time(1_483_603_721_500))
        #expect(fact.slots[7] == .absent)
        #expect(fact.string(slot: 8) == "lift/3")
        #expect(fact.json(slot: 10) == .object([.init("a", .array([.integer(1)]))]))
        #expect(fact.privatePart.map { String(decoding: $0, as: UTF8.self) } == "{\"person\":\"p\"}")
        // SHA-256("device/1" ‖ 0x00 ‖ "a1"), computed with another program.
        #expect(fact.key == KnownAnswers.key)
    }

    @Test("attributes: each breach names its member and its rule")
    func attributes() {
        let event = Event()
        for name in ["specversion", "id", "source", "type", "time"] {
            expectRefused(event.without(name).bytes, .attribute, name, "is required", by: reader)
        }
        for name in ["id", "source", "subject", "type", "time", "specversion", "datacontenttype"] {
            expectRefused(event.with(name, "5").bytes, .attribute, name, "must be a text", by: reader)
            expectRefused(event.with(name, "\"\"").bytes, .attribute, name, "must not be empty", by: reader)
        }
        let long = "\"" + String(repeating: "x", count: 257) + "\""
        for name in ["id", "source", "subject", "type"] {
            expectRefused(event.with(name, long).bytes, .attribute, name, "has at most 256 bytes", by: reader)
            expectRefused(event.with(name, "\"a\\u0000b\"").bytes, .attribute, name, "control character", by: reader)
            expectRefused(event.with(name, "\"a\\u0085b\"").bytes, .attribute, name, "control character", by: reader)
            expectRefused(event.with(name, "\"a\u{7F}b\"").bytes, .attribute, name, "control character", by: reader)
        }
        expectRefused(
            event.with("specversion", "\"0.3\"").bytes, .attribute, "specversion", "must be \"1.0\"", by: reader)
        expectRefused(
            event.with("datacontenttype", "\"text/xml\"").bytes, .attribute, "datacontenttype", "json", by: reader)
        expectRefused(event.with("data_base64", "\"\"").bytes, .attribute, "data_base64", "is not taken", by: reader)
        expectRefused(event.with("private", "[]").bytes, .attribute, "private", "must be an object", by: reader)
        expectRefused(
            event.with("type", "\"no.such\"").bytes, .unknownType, "type", "'no.such' is in no schema", by: reader)
        let unknownFirst = event.first("data", "[1,2]").with("type", "\"no.such\"")
        expectRefused(unknownFirst.bytes, .unknownType, "type", "'no.such'", by: reader)
        expectRefused(
            Event("test.everything", data: "{}").without("subject").bytes, .attribute, "subject", "thing", by: reader)
        for value in [
            "-1", "1.5", "\"x\"", "\"-1\"", "\"+5\"", "\"\"", "true", "null2", "[]", "\"9223372036854775808\"",
            "\"18446744073709551616\"",
        ] {
            let code: Refusal.Code = value == "null2" ? .malformed : .attribute
            let field = value == "null2" ? "" : "sequence"
            expectRefused(event.with("sequence", value).bytes, code, field, "", by: reader)
        }
        expectRefused(event.with("cause", "\"x\"").bytes, .attribute, "cause", "must be an integer from 0", by: reader)
    }

    @Test("a name of 256 bytes is taken, however it was escaped")
    func longestNames() throws {
        for text in [
            String(repeating: "x", count: 256), String(repeating: "\\u4e2d", count: 85),
            String(repeating: "\\\"", count: 256),
        ] {
            _ = try reader.read(Event().with("id", "\"\(text)\"").bytes)
        }
        let tooLong = String(repeating: "\\u4e2d", count: 86)
        expectRefused(Event().with("id", "\"\(tooLong)\"").bytes, .attribute, "id", "256", by: reader)
    }

    @Test("an escaped member name is the same name")
    func escapedNames() throws {
        let text = Event().text.replacingOccurrences(of: "\"id\"", with: "\"\\u0069d\"")
            .replacingOccurrences(of: "\"data\"", with: "\"d\\u0061ta\"")
            .replacingOccurrences(of: "\"floor\"", with: "\"\\u0066loor\"")
        let fact = try reader.read(Array((text.dropLast() + ",\"c\\u0061use\":4}").utf8))
        #expect(fact.string(fact.id) == "a1")
        #expect(fact.integer(slot: 0) == 3)
        #expect(fact.cause == 4)
        let refused = Array((Event().text.dropLast() + ",\"priv\\u0061te\":\"secret\"}").utf8)
        expectRefused(refused, .attribute, "private", "must be an object", by: reader)
    }

    @Test("CloudEvents: an attribute that is null counts as absent")
    func nullAttributes() throws {
        let fact = try reader.read(Event().with("subject", "null").with("sequence", "null").with("extra", "null").bytes)
        #expect(fact.subject == nil && fact.sequence == nil)
        expectRefused(Event().with("id", "null").bytes, .attribute, "id", "is required", by: reader)
        expectRefused(Event().with("type", "null").bytes, .attribute, "type", "is required", by: reader)
        expectRefused(Event().with("private", "null").bytes, .attribute, "private", "must be an object", by: reader)
        expectRefused(Event("test.bare", data: "null").bytes, .schema, "data", "must be an object", by: reader)
    }

    @Test("extension attributes")
    func extensions() throws {
        let long = String(repeating: "a", count: 20)
        _ = try reader.read(
            Event().with(long, "\"x\"").with("traceparent", "true").with("n", "-5").with("privatedigest", "\"x\"").bytes
        )
        for name in ["Upper", "with_underscore", "a-b", "é", long + "a", ""] {
            expectRefused(Event().with(name, "1").bytes, .attribute, name, "1 to 20 of a-z and 0-9", by: reader)
        }
        for value in ["{}", "[]", "1.5", "1e3"] {
            expectRefused(
                Event().with("extra", value).bytes, .attribute, "extra", "a text, an integer or a boolean", by: reader)
        }
    }

    @Test("time: from 2000 to one day ahead")
    func time() throws {
        for text in ["2000-01-01T00:00:00Z", "2026-11-25T08:00:00Z"] {
            _ = try reader.read(Event().with("time", "\"\(text)\"").bytes)
        }
        let breaches = [
            ("1970-01-01T00:00:00Z", "before 2000"), ("1999-12-31T23:59:59.999Z", "before 2000"),
            ("2100-01-01T00:00:00Z", "24 h ahead"), ("2026-11-25T08:00:00.001Z", "24 h ahead"),
            ("2026-11-24 08:00:00Z", "RFC 3339"), ("2026-11-24T08:00:00", "RFC 3339"),
            ("\\u0032026-11-24T08:00:00Z", "RFC 3339"),
        ]
        for (text, rule) in breaches {
            expectRefused(Event().with("time", "\"\(text)\"").bytes, .attribute, "time", rule, by: reader)
        }
        // What is in the log was judged when it came.
        let replay = FactReader(schemas: try TestTypes.schemas(), now: nil)
        _ = try replay.read(Event().with("time", "\"9999-01-01T00:00:00Z\"").bytes)
    }

    @Test("sizes: a body of 65,535 bytes is taken, one more is not; the private part has its own measure")
    func sizes() throws {
        func sized(_ count: Int) -> Event {
            let empty = Event("test.open", data: "{\"long\":\"\"}").bytes.count
            return Event("test.open", data: "{\"long\":\"\(String(repeating: "x", count: count - empty))\"}")
        }
        #expect(try reader.read(sized(65_535).bytes).body.count == 65_535)
        expectRefused(sized(65_536).bytes, .tooLarge, "", "65535", by: reader)
        let privatePart = "{\"long\":\"\(String(repeating: "y", count: 60_000))\"}"
        #expect(try reader.read(sized(60_000).with("private", privatePart).bytes).body.count == 60_000)
        let tooLong = "{\"long\":\"\(String(repeating: "y", count: 65_526))\"}"
        expectRefused(sized(300).with("private", tooLong).bytes, .tooLarge, "private", "65535", by: reader)
        let longest = "{\"long\":\"\(String(repeating: "y", count: 65_524))\"}"
        #expect(try reader.read(sized(300).with("private", longest).bytes).privatePart?.count == 65_535)
        expectRefused(sized(131_071).bytes, .tooLarge, "", "131070", by: reader)
    }

    @Test("malformed text says what and where, also in data that stands before its type")
    func malformed() {
        expectRefused(Array("[]".utf8), .malformed, "", "expected '{'", by: reader)
        expectRefused(Array("{}".utf8), .attribute, "specversion", "is required", by: reader)
        expectRefused(Event().bytes + [0x7D], .malformed, "", "expected the end", by: reader)
        expectRefused([0xEF, 0xBB, 0xBF] + Event().bytes, .malformed, "", "(byte 0)", by: reader)
        expectRefused(Event().bytes.dropLast(), .malformed, "", "the text ends", by: reader)
        let deep = String(repeating: "[", count: 31) + String(repeating: "]", count: 31)
        for event in [
            Event("test.open", data: "{\"value\":\(deep)}"),
            Event("test.open", data: "{\"value\":\(deep)}").first("data"),
        ] {
            do {
                _ = try reader.read(event.bytes)
                Issue.record("was taken")
            } catch {
                #expect(error.code == .malformed && error.rule.hasPrefix("nested deeper"), "\(error)")
            }
        }
        let less = String(deep.dropFirst().dropLast())
        for event in [
            Event("test.open", data: "{\"value\":\(less)}"),
            Event("test.open", data: "{\"value\":\(less)}").first("data"),
        ] {
            #expect(throws: Never.self) { try reader.read(event.bytes) }
        }
    }

    @Test("source and id of any body in the log")
    func identity() throws {
        let bytes = Event().with("id", "\"\\u0061\"").bytes
        let known = try #require(FactReader.identity(of: bytes))
        #expect(known.source.string(in: bytes) == "device/1" && known.id.string(in: bytes) == "a")
        for text in [
            "", "{}", "[]", "{\"id\":\"a\"}", "{\"id\":5,\"source\":\"a\"}", "{\"id\":\"a\",\"source\":\"b\"}x",
        ] {
            #expect(FactReader.identity(of: Array(text.utf8)) == nil, "\(text)")
        }
    }

    @Test("a fact is the same if source and id are, byte for byte")
    func sameness() throws {
        let fact = try reader.read(Event().bytes)
        #expect(fact.isSame(as: try reader.read(Event(data: "{\"floor\":4}").with("id", "\"\\u00611\"").bytes)))
        #expect(!fact.isSame(as: try reader.read(Event().with("source", "\"device/2\"").bytes)))
        let composed = try reader.read(Event().with("id", "\"é\"").bytes)
        #expect(!composed.isSame(as: try reader.read(Event().with("id", "\"e\u{301}\"").bytes)))
    }

    @Test("read again under other schemas, a fact keeps its private part and signature")
    func reread() throws {
        var fact = try reader.read(Event("test.open", data: "{}").with("private", "{}").bytes)
        fact.signature = Fact.Signature(protected: "a", signature: "b")
        let again = try reader.reread(fact)
        #expect(again.body == fact.body && again.privatePart == fact.privatePart && again.signature == fact.signature)
    }
}
