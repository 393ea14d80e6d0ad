import Facts
import Foundation
import Testing

@Suite("Strict JSON")
struct JSONScannerTests {
    static func parse(_ text: String) -> JSONValue? { try? JSONValue(parsing: Array(text.utf8)) }

    @Test(arguments: [
        "", " ", "{", "[", "\"", "{\"a\":1,}", "[1,]", "[,1]", "{,}", "{\"a\"}", "{\"a\":}", "{a:1}", "{'a':1}",
        "[1 2]",
        "1 2", "{}x", "nul", "nulll", "True", "NaN", "Infinity", "+1", "01", "-01", "1.", ".5", "-", "1e", "1e+",
        "0x10",
        "1_000", "\u{FEFF}{}", "//\n1", "[1]\u{00A0}", "\"\u{01}\"", "\"\t\"", "\"\n\"", "\"\\x\"", "\"\\u12\"",
        "\"\\u12G4\"", "\"\\uD800\"", "\"\\uD800\\u0041\"", "\"\\uDC00\"", "\"\\uD800\\uD800\"", "\"abc", "\"abc\\\"",
        "[1}", "{\"a\":1]", "\0", "{\"a\":1}\0", "\u{0B}1", "--1", "1-", "1e5.5",
    ])
    func refuses(_ text: String) {
        #expect(Self.parse(text) == nil)
    }

    @Test(arguments: [
        ("null", JSONValue.null), (" true ", .bool(true)), ("false\n", .bool(false)), ("0", .integer(0)),
        ("-0", .integer(0)), ("-1", .integer(-1)), ("0.0", .double(0)), ("1E2", .double(100)), ("1e-2", .double(0.01)),
        ("[ ]", .array([])), ("{ }", .object([])), ("\"\"", .string("")), ("\"\u{7F}\"", .string("\u{7F}")),
        ("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", .string("\"\\/\u{8}\u{C}\n\r\t")),
        ("\"\\u4e2D\\ud83D\\uDe00\"", .string("中😀")), ("\"中😀\"", .string("中😀")),
        ("\t[1 ,\r\n2]", .array([.integer(1), .integer(2)])),
        ("{\"b\":1,\"a\":[]}", .object([.init("b", .integer(1)), .init("a", .array([]))])),
    ])
    func reads(_ text: String, _ value: JSONValue) {
        #expect(Self.parse(text) == value)
    }

    @Test("an error names its byte")
    func offsets() {
        for (text, offset) in [("{\"a\":1,}", 7), ("[1,2", 4), ("{\"a\":1,\"a\":2}", 8), ("[01]", 1), ("\"a\\x\"", 2)] {
            #expect { try JSONValue(parsing: Array(text.utf8)) } throws: { error in
                (error as? JSONError)?.offset == offset
            }
        }
    }

    @Test("duplicate members, however they are spelled and wherever they stand")
    func duplicates() {
        let many = (0..<40).map { "\"k\($0)\":0" }
        let texts = [
            "{\"a\":1,\"a\":1}", "{\"a\":1,\"\\u0061\":1}", "{\"\\u0061\":1,\"a\":1}",
            "[{\"x\":{\"a\":1,\"b\":2,\"a\":3}}]",
            "{\"中\":1,\"\\u4e2d\":1}", "{\"/\":1,\"\\/\":1}",
            "{" + (many + ["\"k3\":1"]).joined(separator: ",") + "}",
            "{" + (many + ["\"k39\":1"]).joined(separator: ",") + "}",
            "{" + (many + ["\"\\u006b25\":1"]).joined(separator: ",") + "}",
        ]
        for text in texts {
            #expect { try JSONValue(parsing: Array(text.utf8)) } throws: { error in
                (error as? JSONError)?.rule.contains("stands twice") == true
            }
        }
        // Different bytes are different names, also where Unicode calls them equivalent.
        #expect(Self.parse("{\"é\":1,\"e\u{301}\":2}") != nil)
        for count in [23, 24, 25, 26, 400] {
            let text = "{" + (0..<count).map { "\"k\($0)\":\($0)" }.joined(separator: ",") + "}"
            #expect(Self.parse(text)?.members?.count == count)
        }
    }

    @Test("UTF-8: every sequence of two to four bytes is taken exactly when the standard library takes it")
    func utf8() {
        var random = Seeded(stream: 1)
        for round in 0..<60_000 {
            let count = 1 + random.below(4)
            let lead = round % 2 == 0 ? UInt8(0x80 + random.below(128)) : UInt8(0xC0 + random.below(64))
            var middle = [lead]
            while middle.count < count {
                middle.append(random.chance(4) ? UInt8(random.below(256)) : UInt8(0x80 + random.below(64)))
            }
            guard middle.allSatisfy({ $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C }) else { continue }
            let isValid = String(validating: middle, as: UTF8.self) != nil
            let bytes = [0x22] + middle + [0x22]
            #expect(((try? JSONValue(parsing: bytes)) != nil) == isValid, "\(middle), seed \(Seeded.seed)")
            let key = [0x7B] + bytes + Array(":1}".utf8)
            #expect(((try? JSONValue(parsing: key)) != nil) == isValid, "\(middle), seed \(Seeded.seed)")
        }
    }

    @Test("32 levels are read, 33 are not")
    func depth() {
        func nested(_ levels: Int, _ open: String, _ close: String) -> String {
            String(repeating: open, count: levels) + String(repeating: close, count: levels)
        }
        #expect(Self.parse(nested(32, "[", "]")) != nil)
        #expect(Self.parse(nested(33, "[", "]")) == nil)
        #expect(Self.parse(nested(31, "{\"a\":", "}").replacingOccurrences(of: ":}", with: ":{}}")) != nil)
        #expect(Self.parse(String(repeating: "[", count: 1_000_000)) == nil)
        #expect(Self.parse(String(repeating: "{\"a\":", count: 1_000_000)) == nil)
    }

    @Test("what is written reads back the same")
    func roundTrip() throws {
        var random = Seeded(stream: 2)
        for _ in 0..<2_000 {
            let value = Self.random(depth: 0, &random)
            #expect(try JSONValue(parsing: value.text) == value, "seed \(Seeded.seed)")
            #expect(try JSONValue(parsing: value.text).text == value.text, "seed \(Seeded.seed)")
        }
    }

    static func random(depth: Int, _ random: inout Seeded) -> JSONValue {
        switch random.below(depth > 4 ? 5 : 7) {
        case 0: return random.chance(2) ? .null : .bool(random.chance(2))
        case 1: return .integer(Int64(random.below(1 << 53)) * (random.chance(2) ? 1 : -1))
        case 2:
            let double = Double(bitPattern: random.next())
            return .double(double.isFinite ? double : 0.5)
        case 3: return .string(Self.string(&random))
        case 4: return .integer(Int64(random.below(10)))
        case 5: return .array((0..<random.below(4)).map { _ in Self.random(depth: depth + 1, &random) })
        default:
            return .object(
                (0..<random.below(4)).map { .init("\($0)" + string(&random), Self.random(depth: depth + 1, &random)) })
        }
    }

    static func string(_ random: inout Seeded) -> String {
        (0..<random.below(6)).map { _ in
            random.pick(["a", "中", "\"", "\\", "\u{0}", "\u{1F}", "😀", "é", "/", "\u{7F}"])
        }
        .joined()
    }

    /// Foundation takes more than the RFC allows, and texts that two readers read differently; nothing else may differ.
    ///
    /// Known: it takes a trailing comma; a member name twice; integers beyond 2^53 and numbers that vanish to 0; more than
    /// 32 levels. It reads numbers by way of a decimal, so their last bits differ (`NumberTests` has the exact oracle), and
    /// drops U+FEFF from strings. Where we take a text, it takes it too and sees the same value but for that.
    @Test("Foundation agrees on mutated texts")
    func foundation() throws {
        var random = Seeded(stream: 3)
        var taken = 0
        for _ in 0..<30_000 {
            let original = Self.random(depth: 0, &random).text
            let bytes = Mutator.damage(original, &random)
            // Foundation guesses UTF-16 and UTF-32 from zero bytes and byte order marks.
            guard !bytes.contains(0), !bytes.isEmpty, !bytes.starts(with: [0xEF]), bytes[0] < 0xFE else { continue }
            let theirs = try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
            let shown: Comment = "\(String(decoding: bytes, as: UTF8.self)) \(bytes), seed \(Seeded.seed)"
            do {
                let ours = try JSONValue(parsing: bytes)
                taken += 1
                let other = try #require(theirs, shown)
                #expect(Self.equal(ours, other), shown)
            } catch let error as JSONError {
                guard theirs != nil else { continue }
                let known = [
                    "stands twice", "2^53", "a double cannot hold", "nested deeper", "invalid UTF-8", "surrogate",
                ]
                let isTrailingComma = Self.endsInComma(bytes, before: error.offset)
                #expect(known.contains { error.rule.contains($0) } || isTrailingComma, "\(error) \(shown)")
            }
        }
        #expect(taken > 3_000)
    }

    private static func endsInComma(_ bytes: [UInt8], before offset: Int) -> Bool {
        guard offset < bytes.count, bytes[offset] == 0x5D || bytes[offset] == 0x7D else { return false }
        return bytes[..<offset].last { ![0x20, 0x0A, 0x0D, 0x09].contains($0) } == 0x2C
    }

    private static func equal(_ ours: JSONValue, _ theirs: Any) -> Bool {
        switch ours {
        case .null: theirs is NSNull
        case .bool(let value): (theirs as? NSNumber)?.boolValue == value
        case .integer(let value): (theirs as? NSNumber)?.int64Value == value
        case .double(let value):
            (theirs as? NSNumber).map { abs($0.doubleValue - value) <= abs(value) * 1e-12 } ?? false
        case .string(let value): (theirs as? String).map { unmarked($0) == unmarked(value) } ?? false
        case .array(let values):
            (theirs as? [Any]).map { $0.count == values.count && zip(values, $0).allSatisfy(equal) } ?? false
        case .object(let members):
            (theirs as? [String: Any]).map { dictionary in
                members.allSatisfy { member in
                    let value =
                        dictionary[member.name] ?? dictionary.first { unmarked($0.key) == unmarked(member.name) }?.value
                    return value.map { equal(member.value, $0) } ?? false
                }
            } ?? false
        }
    }

    private static func unmarked(_ string: String) -> String {
        String(String.UnicodeScalarView(string.unicodeScalars.filter { $0 != "\u{FEFF}" }))
    }
}
