/// Reads the answers to facts from JSON by hand: at 500 facts a request a general decoder would cost more than the server.
/// Unknown members are skipped; what is no JSON or lacks the expected members is refused.
struct AnswerScanner {
    /// Nesting beyond which a skipped value is refused; the contract needs three levels.
    private static let maximumDepth = 32

    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// `{"index":7,"duplicate":true}` or `{"error":{…}}`, and nothing behind it.
    static func one(_ bytes: [UInt8]) throws(ClientError) -> FactAnswer {
        var scanner = AnswerScanner(bytes)
        let answer = try scanner.answer()
        try scanner.end()
        return answer
    }

    /// An array of them, one for each of `count` facts.
    static func array(_ bytes: [UInt8], count: Int) throws(ClientError) -> [FactAnswer] {
        var scanner = AnswerScanner(bytes)
        var answers: [FactAnswer] = []
        answers.reserveCapacity(count)
        try scanner.expect("[")
        if !scanner.skip("]") {
            repeat { answers.append(try scanner.answer()) } while scanner.skip(",")
            try scanner.expect("]")
        }
        try scanner.end()
        guard answers.count == count else {
            throw .malformedAnswer("\(answers.count) answers to \(count) facts")
        }
        return answers
    }

    private mutating func answer() throws(ClientError) -> FactAnswer {
        var index: UInt64?
        var duplicate = false
        var refusal: FactAnswer?
        try members { (scanner, name) throws(ClientError) in
            switch name {
            case "index": index = try scanner.unsigned()
            case "duplicate": duplicate = try scanner.bool()
            case "error": refusal = try scanner.refusal()
            default: try scanner.skipValue(depth: 0)
            }
        }
        if let refusal { return refusal }
        guard let index else { throw malformed("neither index nor error") }
        return .accepted(index: index, duplicate: duplicate)
    }

    private mutating func refusal() throws(ClientError) -> FactAnswer {
        var code = ""
        var field: String?
        var rule: String?
        var message = ""
        try members { (scanner, name) throws(ClientError) in
            switch name {
            case "code": code = try scanner.optionalString() ?? ""
            case "field": field = try scanner.optionalString()
            case "rule": rule = try scanner.optionalString()
            case "message": message = try scanner.optionalString() ?? ""
            default: try scanner.skipValue(depth: 0)
            }
        }
        return .refused(code: code, field: field, rule: rule, message: message)
    }

    // MARK: JSON

    private mutating func members(
        _ body: (inout AnswerScanner, String) throws(ClientError) -> Void
    ) throws(ClientError) {
        try expect("{")
        if skip("}") { return }
        repeat {
            skipSpace()
            let name = try string()
            try expect(":")
            try body(&self, name)
        } while skip(",")
        try expect("}")
    }

    private mutating func unsigned() throws(ClientError) -> UInt64 {
        skipSpace()
        let start = position
        var value: UInt64 = 0
        while position < bytes.count, case 0x30...0x39 = bytes[position] {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt64(bytes[position] - 0x30))
            guard !overflow, !carry else { throw malformed("number too large") }
            value = sum
            position += 1
        }
        guard position > start else { throw malformed("expected a number") }
        return value
    }

    private mutating func bool() throws(ClientError) -> Bool {
        skipSpace()
        if skipWord("true") { return true }
        if skipWord("false") { return false }
        throw malformed("expected true or false")
    }

    private mutating func optionalString() throws(ClientError) -> String? {
        skipSpace()
        return skipWord("null") ? nil : try string()
    }

    private mutating func string() throws(ClientError) -> String {
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
            throw malformed("expected a string")
        }
        position += 1
        let start = position
        while position < bytes.count, bytes[position] != UInt8(ascii: "\""), bytes[position] != UInt8(ascii: "\\") {
            position += 1
        }
        guard position < bytes.count else { throw malformed("open string") }
        if bytes[position] == UInt8(ascii: "\"") {
            defer { position += 1 }
            return String(decoding: bytes[start..<position], as: UTF8.self)
        }
        return try escapedString(Array(bytes[start..<position]))
    }

    private mutating func escapedString(_ start: [UInt8]) throws(ClientError) -> String {
        var text = start
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "\"") { return String(decoding: text, as: UTF8.self) }
            guard byte == UInt8(ascii: "\\") else {
                text.append(byte)
                continue
            }
            guard position < bytes.count else { break }
            let letter = bytes[position]
            position += 1
            switch letter {
            case UInt8(ascii: "b"): text.append(0x08)
            case UInt8(ascii: "f"): text.append(0x0C)
            case UInt8(ascii: "n"): text.append(0x0A)
            case UInt8(ascii: "r"): text.append(0x0D)
            case UInt8(ascii: "t"): text.append(0x09)
            case UInt8(ascii: "u"): text.append(contentsOf: String(try scalar()).utf8)
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(letter)
            default: throw malformed("unknown escape")
            }
        }
        throw malformed("open string")
    }

    /// The scalar of `\uXXXX`, or of a surrogate pair; U+FFFD for half a pair.
    private mutating func scalar() throws(ClientError) -> Unicode.Scalar {
        let high = try hex4()
        if let scalar = Unicode.Scalar(high) { return scalar }
        if high < 0xDC00, skipWord("\\u") {
            let low = try hex4()
            guard (0xDC00...0xDFFF).contains(low) else { return "\u{FFFD}" }
            return Unicode.Scalar(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)) ?? "\u{FFFD}"
        }
        return "\u{FFFD}"
    }

    private mutating func hex4() throws(ClientError) -> UInt32 {
        guard position + 4 <= bytes.count else { throw malformed("short escape") }
        var value: UInt32 = 0
        for byte in bytes[position..<position + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { throw malformed("bad escape") }
            value = value << 4 | UInt32(digit)
        }
        position += 4
        return value
    }

    private mutating func skipValue(depth: Int) throws(ClientError) {
        guard depth < Self.maximumDepth else { throw malformed("nested too deep") }
        skipSpace()
        guard position < bytes.count else { throw malformed("ends early") }
        switch bytes[position] {
        case UInt8(ascii: "\""):
            _ = try string()
        case UInt8(ascii: "{"):
            try members { (scanner, _) throws(ClientError) in try scanner.skipValue(depth: depth + 1) }
        case UInt8(ascii: "["):
            try expect("[")
            if skip("]") { return }
            repeat { try skipValue(depth: depth + 1) } while skip(",")
            try expect("]")
        default:
            let start = position
            while position < bytes.count, !",]} \n\r\t".utf8.contains(bytes[position]) { position += 1 }
            guard position > start else { throw malformed("expected a value") }
        }
    }

    private mutating func skipSpace() {
        while position < bytes.count, case let byte = bytes[position],
            byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
        {
            position += 1
        }
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func skipWord(_ word: StaticString) -> Bool {
        let end = position + word.utf8CodeUnitCount
        guard end <= bytes.count, String(describing: word).utf8.elementsEqual(bytes[position..<end]) else {
            return false
        }
        position = end
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(ClientError) {
        guard skip(character) else { throw malformed("expected \(character)") }
    }

    private mutating func end() throws(ClientError) {
        skipSpace()
        guard position == bytes.count else { throw malformed("bytes behind the end") }
    }

    private func malformed(_ what: String) -> ClientError {
        .malformedAnswer("\(what) at byte \(position)")
    }
}
