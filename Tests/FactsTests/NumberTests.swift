import Facts
import Testing

@Suite("Numbers")
struct NumberTests {
    static func parse(_ text: String) -> JSONValue? { try? JSONValue(parsing: Array(text.utf8)) }

    @Test(arguments: [
        "9007199254740993", "-9007199254740993", "99999999999999999999", "1e400", "-1e400", "1e-400", "1E309", "2e-324",
        "1e99999999999999999999", "1e-99999999999999999999", "123456789012345678901234567890",
    ])
    func beyondADouble(_ text: String) {
        #expect(Self.parse(text) == nil)
    }

    @Test(arguments: [
        ("9007199254740992", JSONValue.integer(9_007_199_254_740_992)),
        ("-9007199254740992", .integer(-9_007_199_254_740_992)),
        ("0e999999999999", .double(0)), ("0.000e-999999", .double(0)), ("5e-324", .double(.leastNonzeroMagnitude)),
        ("1.7976931348623157e308", .double(1.7976931348623157e308)),
        ("9007199254740993.0", .double(9_007_199_254_740_992)),
        ("0.1", .double(0.1)), ("1e22", .double(1e22)), ("1e23", .double(1e23)), ("8.5e-22", .double(8.5e-22)),
    ])
    func atTheEdge(_ text: String, _ value: JSONValue) {
        #expect(Self.parse(text) == value)
    }

    @Test("minus zero keeps its sign as a double")
    func minusZero() {
        #expect(Self.parse("-0.0")?.number?.sign == .minus)
        #expect(Self.parse("-0.0").map { String(decoding: $0.text, as: UTF8.self) } == "-0.0")
        #expect(Self.parse("-0").map { String(decoding: $0.text, as: UTF8.self) } == "0")
    }

    @Test("random literals give the double of the C library, bit for bit")
    func oracle() throws {
        var random = Seeded(stream: 4)
        for _ in 0..<100_000 {
            let text = Self.literal(&random)
            let expected = try #require(Double(text), "\(text)")
            let isInteger = !text.contains(".") && !text.lowercased().contains("e")
            let comment: Comment = "\(text), seed \(Seeded.seed)"
            switch Self.parse(text) {
            case .integer(let value)?:
                #expect(isInteger && Double(value) == expected && abs(value) <= 1 << 53, comment)
            case .double(let value)?:
                #expect(!isInteger && value.bitPattern == expected.bitPattern, comment)
            case nil:
                let vanishes =
                    expected == 0 && text.prefix { $0 != "e" && $0 != "E" }.contains { "123456789".contains($0) }
                #expect(isInteger ? abs(expected) >= 9_007_199_254_740_992 : !expected.isFinite || vanishes, comment)
            default: Issue.record(comment)
            }
        }
    }

    private static func literal(_ random: inout Seeded) -> String {
        func digits(_ count: Int, _ random: inout Seeded) -> String {
            (0..<count).map { _ in random.chance(4) ? "0" : String(random.below(10)) }.joined()
        }
        var text = random.chance(2) ? "-" : ""
        text += random.chance(3) ? "0" : String(1 + random.below(9)) + digits(random.below(24), &random)
        if random.chance(2) { text += "." + digits(1 + random.below(random.chance(10) ? 60 : 24), &random) }
        if random.chance(2) {
            text += random.pick(["e", "E"]) + random.pick(["", "+", "-"])
            text += String(random.below(random.chance(3) ? 400 : 40))
        }
        return text
    }
}
