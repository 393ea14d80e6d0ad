/// A strict reader of JSON text (RFC 8259) over bytes.
///
/// It makes no tree: each call reads one token and says where it stood, so that a fact's body can be kept byte for byte
/// and an error can name its place. Stricter than the RFC where another reader of the same bytes could see something
/// else: duplicate member names, invalid UTF-8, unpaired surrogates and numbers that a double cannot hold are refused.
struct JSONScanner {
    let bytes: [UInt8]
    /// The next byte to read, an offset into `bytes`.
    var position: Int
    /// One past the last byte that belongs to the text.
    let end: Int

    /// Nesting deeper than this is refused: no fact needs it, and a reader's stack is finite.
    static let maximumDepth = 32

    init(_ bytes: [UInt8], in range: Range<Int>? = nil) {
        self.bytes = bytes
        position = range?.lowerBound ?? 0
        end = range?.upperBound ?? bytes.count
    }

    func failure(_ rule: String, at offset: Int? = nil) -> JSONError {
        JSONError(offset: offset ?? position, rule: rule)
    }

    @inline(__always)
    mutating func skipSpace() {
        while position < end {
            let byte = bytes[position]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            position += 1
        }
    }

    /// The next byte after white space, not consumed; 0 at the end (no JSON token begins with it).
    @inline(__always)
    mutating func peek() -> UInt8 {
        skipSpace()
        return position < end ? bytes[position] : 0
    }

    @inline(__always)
    mutating func expect(_ byte: UInt8) throws(JSONError) {
        guard peek() == byte, position < end else {
            let found = position < end ? "found \(Self.name(bytes[position]))" : "the text ends"
            throw failure("expected '\(Character(UnicodeScalar(byte)))', \(found)")
        }
        position += 1
    }

    /// After an element: consumes a comma (true) or the closing byte (false).
    @inline(__always)
    mutating func continues(until close: UInt8) throws(JSONError) -> Bool {
        let byte = peek()
        if byte == UInt8(ascii: ",") {
            position += 1
            return true
        }
        try expect(close)
        return false
    }

    mutating func expectEnd() throws(JSONError) {
        skipSpace()
        guard position == end else { throw failure("expected the end of the text") }
    }

    private static func name(_ byte: UInt8) -> String {
        (0x21...0x7E).contains(byte) ? "'\(Character(UnicodeScalar(byte)))'" : "byte 0x\(String(byte, radix: 16))"
    }

    // MARK: Strings

    /// Reads a string; the token covers what stands between the quotes, as written.
    mutating func string() throws(JSONError) -> Text {
        try expect(UInt8(ascii: "\""))
        let start = position
        var escaped = false
        while position < end {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                let text = Text(offset: start, count: position - start, escaped: escaped)
                position += 1
                return text
            }
            if byte == UInt8(ascii: "\\") {
                escaped = true
                try escape()
            } else if byte < 0x20 {
                throw failure("a control character in a string must be escaped")
            } else if byte < 0x80 {
                position += 1
            } else {
                try multibyte(byte)
            }
        }
        throw failure("a string is not closed", at: start)
    }

    private mutating func escape() throws(JSONError) {
        let start = position
        guard position + 1 < end else { throw failure("a string is not closed") }
        switch bytes[position + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 2
        case UInt8(ascii: "u"):
            position += 2
            let unit = try hex4()
            if (0xD800...0xDBFF).contains(unit) {
                guard position + 1 < end, bytes[position] == UInt8(ascii: "\\"),
                    bytes[position + 1] == UInt8(ascii: "u")
                else { throw failure("an unpaired surrogate", at: start) }
                position += 2
                guard (0xDC00...0xDFFF).contains(try hex4()) else { throw failure("an unpaired surrogate", at: start) }
            } else if (0xDC00...0xDFFF).contains(unit) {
                throw failure("an unpaired surrogate", at: start)
            }
        default:
            throw failure("an unknown escape in a string")
        }
    }

    private mutating func hex4() throws(JSONError) -> UInt16 {
        guard position + 4 <= end else { throw failure("\\u needs four hexadecimal digits") }
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = Self.hexDigit(bytes[position]) else { throw failure("\\u needs four hexadecimal digits") }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }

    static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// One UTF-8 sequence of two to four bytes, shortest form, no surrogates (Unicode 15, table 3-7).
    private mutating func multibyte(_ lead: UInt8) throws(JSONError) {
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch lead {
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: length = 3
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: length = 4
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: throw failure("invalid UTF-8")
        }
        guard position + length <= end, second.contains(bytes[position + 1]) else { throw failure("invalid UTF-8") }
        for offset in 2..<max(length, 2) where bytes[position + offset] & 0xC0 != 0x80 {
            throw failure("invalid UTF-8")
        }
        position += length
    }

    // MARK: Numbers

    /// Reads a number. An integer literal must be one that a double holds exactly, since half of all JSON readers will
    /// make a double of it.
    mutating func number() throws(JSONError) -> Number {
        skipSpace()
        let start = position
        var negative = false
        if position < end, bytes[position] == UInt8(ascii: "-") {
            negative = true
            position += 1
        }
        var mantissa: UInt64 = 0
        var significant = 0
        var truncated = false
        var exponent = 0

        let integerStart = position
        while let digit = digit() {
            Self.accumulate(digit, &mantissa, &significant, &truncated, &exponent, fraction: false)
        }
        let integerDigits = position - integerStart
        guard integerDigits > 0 else { throw failure("expected a value", at: start) }
        guard integerDigits == 1 || bytes[integerStart] != UInt8(ascii: "0") else {
            throw failure("a number must not begin with 0", at: start)
        }
        var isInteger = true
        if position < end, bytes[position] == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            let fractionStart = position
            while let digit = digit() {
                Self.accumulate(digit, &mantissa, &significant, &truncated, &exponent, fraction: true)
            }
            guard position > fractionStart else { throw failure("a digit must follow the decimal point") }
        }
        if position < end, bytes[position] | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            position += 1
            var negativeExponent = false
            if position < end, bytes[position] == UInt8(ascii: "-") || bytes[position] == UInt8(ascii: "+") {
                negativeExponent = bytes[position] == UInt8(ascii: "-")
                position += 1
            }
            let exponentStart = position
            var written = 0
            while let digit = digit() { written = min(written * 10 + Int(digit), 100_000) }
            guard position > exponentStart else { throw failure("a digit must follow the exponent sign") }
            exponent += negativeExponent ? -written : written
        }
        if isInteger {
            guard !truncated, mantissa <= 1 << 53 else {
                throw failure("an integer beyond ±2^53 cannot be held by a double; write it as a string", at: start)
            }
            return .integer(negative ? -Int64(mantissa) : Int64(mantissa))
        }
        return .double(
            try double(mantissa, exponent, exact: !truncated, negative: negative, start: start))
    }

    @inline(__always)
    private mutating func digit() -> UInt8? {
        guard position < end else { return nil }
        let value = bytes[position] &- UInt8(ascii: "0")
        guard value <= 9 else { return nil }
        position += 1
        return value
    }

    @inline(__always)
    private static func accumulate(
        _ digit: UInt8, _ mantissa: inout UInt64, _ significant: inout Int, _ truncated: inout Bool,
        _ exponent: inout Int, fraction: Bool
    ) {
        if significant < 18 {
            mantissa = mantissa * 10 + UInt64(digit)
            if mantissa > 0 { significant += 1 }
            if fraction { exponent -= 1 }
        } else {
            truncated = true
            if !fraction { exponent += 1 }
        }
    }

    /// The nearest double. Both factors exact gives one correctly rounded operation (Clinger 1990, fast path); the rest
    /// goes through the C library.
    private func double(
        _ mantissa: UInt64, _ exponent: Int, exact: Bool, negative: Bool, start: Int
    ) throws(JSONError) -> Double {
        var value: Double
        if exact, mantissa <= 1 << 53, abs(exponent) <= 22 {
            value = Double(mantissa)
            if exponent < 0 { value /= Self.powersOfTen[-exponent] } else { value *= Self.powersOfTen[exponent] }
            if negative { value = -value }
        } else {
            let text = String(decoding: bytes[start..<position], as: UTF8.self)
            value = Double(text) ?? .infinity
        }
        guard value.isFinite, value != 0 || mantissa == 0 else {
            throw failure("a number that a double cannot hold", at: start)
        }
        return value
    }

    private static let powersOfTen: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]

    // MARK: Words and whole values

    mutating func boolean() throws(JSONError) -> Bool {
        if peek() == UInt8(ascii: "t") {
            try word("true")
            return true
        }
        try word("false")
        return false
    }

    mutating func word(_ word: StaticString) throws(JSONError) {
        let count = word.utf8CodeUnitCount
        let matches =
            position + count <= end
            && word.withUTF8Buffer { text in (0..<count).allSatisfy { bytes[position + $0] == text[$0] } }
        guard matches else { throw failure("expected a value") }
        position += count
    }

    /// Reads any value, checked to its leaves, and returns where it stands.
    @discardableResult
    mutating func value(depth: Int = 0) throws(JSONError) -> Range<Int> {
        let kind = peek()
        let start = position
        guard depth < Self.maximumDepth else { throw failure("nested deeper than \(Self.maximumDepth) levels") }
        switch kind {
        case UInt8(ascii: "{"):
            position += 1
            if peek() == UInt8(ascii: "}") {
                position += 1
                break
            }
            var names = MemberNames()
            repeat {
                let name = try string()
                try names.insert(name, in: self)
                try expect(UInt8(ascii: ":"))
                try value(depth: depth + 1)
            } while try continues(until: UInt8(ascii: "}"))
        case UInt8(ascii: "["):
            position += 1
            if peek() == UInt8(ascii: "]") {
                position += 1
                break
            }
            repeat { try value(depth: depth + 1) } while try continues(until: UInt8(ascii: "]"))
        case UInt8(ascii: "\""): _ = try string()
        case UInt8(ascii: "t"), UInt8(ascii: "f"): _ = try boolean()
        case UInt8(ascii: "n"): try word("null")
        default: _ = try number()
        }
        return start..<position
    }
}

/// A number as JSON writes it: an integer literal, or one with a fraction or an exponent.
enum Number: Equatable {
    case integer(Int64)
    case double(Double)

    var double: Double {
        switch self {
        case .integer(let value): Double(value)
        case .double(let value): value
        }
    }
}

/// What is wrong with a JSON text, and at which byte.
public struct JSONError: Error, Equatable, Sendable {
    /// Offset of the offending byte in the text that was handed in.
    public let offset: Int
    /// The rule that the text breaks.
    public let rule: String
}

/// The member names of one object, to refuse a second one of the same name.
struct MemberNames {
    private var few: [Text] = []
    private var many: Set<[UInt8]> = []

    /// Up to here comparing with each earlier name beats hashing.
    private static let fewAtMost = 24

    mutating func insert(_ name: Text, in scanner: JSONScanner) throws(JSONError) {
        if many.isEmpty {
            for earlier in few where earlier.equals(name, in: scanner.bytes) {
                throw duplicate(name, in: scanner)
            }
            few.append(name)
            if few.count > Self.fewAtMost { many = Set(few.map { $0.decoded(in: scanner.bytes) }) }
        } else if !many.insert(name.decoded(in: scanner.bytes)).inserted {
            throw duplicate(name, in: scanner)
        }
    }

    private func duplicate(_ name: Text, in scanner: JSONScanner) -> JSONError {
        scanner.failure("the member '\(name.string(in: scanner.bytes))' stands twice", at: name.offset)
    }
}
