/// A JSON value that keeps numbers as they were written.
indirect enum JSONValue {
    case null
    case bool(Bool)
    /// The digits as written.
    case number([UInt8])
    /// UTF-8, escapes resolved.
    case string([UInt8])
    case array([JSONValue])
    case object([(key: [UInt8], value: JSONValue)])

    /// The member of an object.
    subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key.elementsEqual(key.utf8) }?.value
    }
}

/// Why JSON was not read, and where.
struct JSONProblem: Error {
    /// Place in the bytes.
    let position: Int
    let reason: String
}

/// A strict JSON reader (RFC 8259): no trailing commas, no duplicate keys, no broken UTF-8, no lone surrogates.
///
/// It can be stepped through an outer object by hand, so that a long array inside is never held as one tree.
struct JSONReader {
    private let bytes: [UInt8]
    private(set) var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The next byte that is not white space, not consumed.
    mutating func peek() -> UInt8? {
        while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
        return position < bytes.count ? bytes[position] : nil
    }

    /// Consumes one structural character.
    mutating func expect(_ character: Unicode.Scalar) throws(JSONProblem) {
        guard try take(character) else {
            throw problem(peek() == nil ? "the text ends early; expected '\(character)'" : "expected '\(character)'")
        }
    }

    /// Consumes one structural character if it stands here.
    mutating func take(_ character: Unicode.Scalar) throws(JSONProblem) -> Bool {
        guard peek() == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    /// Reads any value.
    mutating func value(depth: Int = 0) throws(JSONProblem) -> JSONValue {
        guard depth < SensingLimits.jsonDepth else { throw problem("nested too deeply") }
        switch peek() {
        case UInt8(ascii: "{"): return try object(depth)
        case UInt8(ascii: "["): return try array(depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case nil: throw problem("the text ends early")
        default: return .number(try number())
        }
    }

    /// Reads an object's key and its colon.
    mutating func key() throws(JSONProblem) -> [UInt8] {
        guard peek() == UInt8(ascii: "\"") else { throw problem("expected a key in quotes") }
        let key = try string()
        try expect(":")
        return key
    }

    private mutating func object(_ depth: Int) throws(JSONProblem) -> JSONValue {
        try expect("{")
        var members: [(key: [UInt8], value: JSONValue)] = []
        var keys: Set<[UInt8]> = []
        if try take("}") { return .object([]) }
        repeat {
            _ = peek()
            let start = position
            let key = try key()
            guard keys.insert(key).inserted else { throw JSONProblem(position: start, reason: "a key occurs twice") }
            members.append((key, try value(depth: depth + 1)))
        } while try take(",")
        try expect("}")
        return .object(members)
    }

    private mutating func array(_ depth: Int) throws(JSONProblem) -> JSONValue {
        try expect("[")
        var elements: [JSONValue] = []
        if try take("]") { return .array([]) }
        repeat {
            elements.append(try value(depth: depth + 1))
        } while try take(",")
        try expect("]")
        return .array(elements)
    }

    private mutating func word(_ word: String, _ value: JSONValue) throws(JSONProblem) -> JSONValue {
        guard bytes[position...].starts(with: word.utf8) else { throw problem("not a JSON value") }
        position += word.utf8.count
        return value
    }

    private mutating func number() throws(JSONProblem) -> [UInt8] {
        let start = position
        let negative = UInt8(ascii: "-")
        if bytes[position] == negative { position += 1 }
        let whole = digits()
        guard whole > 0, whole == 1 || bytes[position - whole] != UInt8(ascii: "0") else {
            throw JSONProblem(position: start, reason: "not a JSON value")
        }
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            position += 1
            guard digits() > 0 else { throw problem("digits expected after the point") }
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            if position < bytes.count, bytes[position] == negative || bytes[position] == UInt8(ascii: "+") {
                position += 1
            }
            guard digits() > 0 else { throw problem("digits expected in the exponent") }
        }
        return Array(bytes[start..<position])
    }

    private mutating func digits() -> Int {
        let start = position
        while position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) {
            position += 1
        }
        return position - start
    }

    private mutating func string() throws(JSONProblem) -> [UInt8] {
        let start = position
        position += 1
        var text: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard (try? UTF8Span(validating: text.span)) != nil else {
                    throw JSONProblem(position: start, reason: "a string that is not UTF-8")
                }
                return text
            case UInt8(ascii: "\\"):
                try escape(into: &text)
            case 0..<0x20:
                throw JSONProblem(position: position - 1, reason: "a control character in a string")
            default:
                text.append(byte)
            }
        }
        throw JSONProblem(position: start, reason: "a string that does not end")
    }

    private mutating func escape(into text: inout [UInt8]) throws(JSONProblem) {
        guard position < bytes.count else { throw problem("the text ends early") }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            var code = try codeUnit()
            if (0xD800..<0xDC00).contains(code), bytes[position...].starts(with: [0x5C, 0x75]) {
                position += 2
                let low = try codeUnit()
                guard (0xDC00..<0xE000).contains(low) else { throw problem("half a surrogate pair") }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw problem("half a surrogate pair") }
            text.append(contentsOf: Array(String(scalar).utf8))
        default: throw problem("an unknown escape")
        }
    }

    private mutating func codeUnit() throws(JSONProblem) -> UInt32 {
        guard position + 4 <= bytes.count else { throw problem("the text ends early") }
        var code: UInt32 = 0
        for byte in bytes[position..<position + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw problem("four hexadecimal digits expected after \\u")
            }
            code = code << 4 | UInt32(digit)
        }
        position += 4
        return code
    }

    private func problem(_ reason: String) -> JSONProblem {
        JSONProblem(position: min(position, bytes.count), reason: reason)
    }
}
