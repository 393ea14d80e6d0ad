/// Writes JSON text, always the same bytes for the same value.
enum JSONText {
    /// A string in quotes: only what must be escaped is; other text stays UTF-8.
    static func append(_ text: some Collection<UInt8>, to json: inout [UInt8]) {
        json.append(UInt8(ascii: "\""))
        // Nearly all texts need no escape, and then go in one piece.
        if text.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
            json.append(contentsOf: text)
        } else {
            appendEscaped(text, to: &json)
        }
        json.append(UInt8(ascii: "\""))
    }

    private static func appendEscaped(_ text: some Collection<UInt8>, to json: inout [UInt8]) {
        for byte in text {
            switch byte {
            case UInt8(ascii: "\""): json += [0x5C, 0x22]
            case UInt8(ascii: "\\"): json += [0x5C, 0x5C]
            case 0x08: json += [0x5C, UInt8(ascii: "b")]
            case 0x09: json += [0x5C, UInt8(ascii: "t")]
            case 0x0A: json += [0x5C, UInt8(ascii: "n")]
            case 0x0C: json += [0x5C, UInt8(ascii: "f")]
            case 0x0D: json += [0x5C, UInt8(ascii: "r")]
            case 0..<0x20: json += Array("\\u00".utf8) + [hex(byte >> 4), hex(byte & 0xF)]
            default: json.append(byte)
            }
        }
    }

    /// A whole number.
    static func append(_ value: Int64, to json: inout [UInt8]) {
        json.append(contentsOf: String(value).utf8)
    }

    /// The shortest digits that read back as the same double; no `.0`, no `-0`.
    static func append(_ value: Double, to json: inout [UInt8]) {
        let text = value == 0 ? "0" : value.description
        json.append(contentsOf: text.hasSuffix(".0") ? Array(text.utf8.dropLast(2)) : Array(text.utf8))
    }

    private static func hex(_ digit: UInt8) -> UInt8 {
        digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
    }
}
