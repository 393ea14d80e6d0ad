/// A JSON value as a tree with its members in the order in which they were written. For configuration and for facts
/// about schemas; the write path reads into slots instead.
public indirect enum JSONValue: Equatable, Sendable {
    /// `null`
    case null
    /// `true` or `false`
    case bool(Bool)
    /// An integer literal, within ±2^53.
    case integer(Int64)
    /// A number with a fraction or an exponent.
    case double(Double)
    /// A string.
    case string(String)
    /// An array.
    case array([JSONValue])
    /// An object; no name stands twice.
    case object([Member])

    /// One member of an object.
    public struct Member: Equatable, Sendable {
        /// Its name.
        public let name: String
        /// Its value.
        public let value: JSONValue

        /// A member of an object.
        public init(_ name: String, _ value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    /// Reads a whole text, by the strict rules that facts are read with.
    public init(parsing bytes: [UInt8], in range: Range<Int>? = nil) throws(JSONError) {
        var scanner = JSONScanner(bytes, in: range)
        self = try Self.read(&scanner, depth: 0)
        try scanner.expectEnd()
    }

    private static func read(_ scanner: inout JSONScanner, depth: Int) throws(JSONError) -> JSONValue {
        guard depth < JSONScanner.maximumDepth else {
            throw scanner.failure("nested deeper than \(JSONScanner.maximumDepth) levels")
        }
        switch scanner.peek() {
        case UInt8(ascii: "{"):
            scanner.position += 1
            var members: [Member] = []
            var names = MemberNames()
            if scanner.peek() == UInt8(ascii: "}") {
                scanner.position += 1
                return .object([])
            }
            repeat {
                let name = try scanner.string()
                try names.insert(name, in: scanner)
                try scanner.expect(UInt8(ascii: ":"))
                members.append(Member(name.string(in: scanner.bytes), try read(&scanner, depth: depth + 1)))
            } while try scanner.continues(until: UInt8(ascii: "}"))
            return .object(members)
        case UInt8(ascii: "["):
            scanner.position += 1
            var elements: [JSONValue] = []
            if scanner.peek() == UInt8(ascii: "]") {
                scanner.position += 1
                return .array([])
            }
            repeat {
                elements.append(try read(&scanner, depth: depth + 1))
            } while try scanner.continues(
                until: UInt8(ascii: "]"))
            return .array(elements)
        case UInt8(ascii: "\""): return .string(try scanner.string().string(in: scanner.bytes))
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool(try scanner.boolean())
        case UInt8(ascii: "n"):
            try scanner.word("null")
            return .null
        default:
            switch try scanner.number() {
            case .integer(let value): return .integer(value)
            case .double(let value): return .double(value)
            }
        }
    }

    /// The member of that name, if this is an object that has one.
    public subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    /// The string, if this is one.
    public var string: String? {
        guard case .string(let value) = self else { return nil }
        return value
    }

    /// The integer, if this is one.
    public var integer: Int64? {
        guard case .integer(let value) = self else { return nil }
        return value
    }

    /// The number as a double, if this is a number.
    public var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }

    /// The boolean, if this is one.
    public var bool: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    /// The elements, if this is an array.
    public var elements: [JSONValue]? {
        guard case .array(let value) = self else { return nil }
        return value
    }

    /// The members, if this is an object.
    public var members: [Member]? {
        guard case .object(let value) = self else { return nil }
        return value
    }

    /// The text: no white space, members as they stand, the shortest numbers that read back as the same double.
    public var text: [UInt8] {
        var output: [UInt8] = []
        write(to: &output)
        return output
    }

    /// Appends the text.
    public func write(to output: inout [UInt8]) {
        switch self {
        case .null: output += "null".utf8
        case .bool(let value): output += (value ? "true" : "false").utf8
        case .integer(let value): output += String(value).utf8
        case .double(let value): output += value.description.utf8
        case .string(let value): Self.write(value, to: &output)
        case .array(let elements):
            output.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                element.write(to: &output)
            }
            output.append(UInt8(ascii: "]"))
        case .object(let members):
            output.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                Self.write(member.name, to: &output)
                output.append(UInt8(ascii: ":"))
                member.value.write(to: &output)
            }
            output.append(UInt8(ascii: "}"))
        }
    }

    private static func write(_ string: String, to output: inout [UInt8]) {
        let digits = Array("0123456789abcdef".utf8)
        output.append(UInt8(ascii: "\""))
        for byte in string.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): output += [UInt8(ascii: "\\"), byte]
            case 0..<0x20: output += "\\u00".utf8 + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            default: output.append(byte)
            }
        }
        output.append(UInt8(ascii: "\""))
    }
}
