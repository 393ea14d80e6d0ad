/// Where a JSON string stands in the bytes it was read from: between its quotes, as written.
public struct Text: Hashable, Sendable {
    /// Offset of the first byte after the opening quote.
    public internal(set) var offset: Int
    /// Bytes between the quotes.
    public let count: Int
    /// Whether it holds escapes, so that its bytes are not its value.
    let escaped: Bool

    var range: Range<Int> { offset..<offset + count }

    /// The value as UTF-8 bytes, escapes resolved.
    public func decoded(in bytes: [UInt8]) -> [UInt8] {
        guard escaped else { return Array(bytes[range]) }
        var result: [UInt8] = []
        result.reserveCapacity(count)
        var index = offset
        let end = offset + count
        while index < end {
            let byte = bytes[index]
            guard byte == UInt8(ascii: "\\") else {
                result.append(byte)
                index += 1
                continue
            }
            let letter = bytes[index + 1]
            index += 2
            switch letter {
            case UInt8(ascii: "b"): result.append(0x08)
            case UInt8(ascii: "f"): result.append(0x0C)
            case UInt8(ascii: "n"): result.append(0x0A)
            case UInt8(ascii: "r"): result.append(0x0D)
            case UInt8(ascii: "t"): result.append(0x09)
            case UInt8(ascii: "u"):
                var scalar = UInt32(Self.unit(bytes, at: index))
                index += 4
                if (0xD800...0xDBFF).contains(scalar) {
                    // The scanner has seen the second half of the pair.
                    let low = UInt32(Self.unit(bytes, at: index + 2))
                    scalar = 0x10000 + ((scalar - 0xD800) << 10) + (low &- 0xDC00)
                    index += 6
                }
                result.append(contentsOf: String(UnicodeScalar(scalar) ?? "\u{FFFD}").utf8)
            default: result.append(letter)
            }
        }
        return result
    }

    private static func unit(_ bytes: [UInt8], at index: Int) -> UInt16 {
        bytes[index..<index + 4].reduce(0) { $0 << 4 | UInt16(JSONScanner.hexDigit($1) ?? 0) }
    }

    /// The value as a string.
    public func string(in bytes: [UInt8]) -> String {
        escaped
            ? String(decoding: decoded(in: bytes), as: UTF8.self)
            : String(decoding: bytes[range], as: UTF8.self)
    }

    /// Whether both have the same value, byte for byte (no Unicode normalisation: "é" is not "e\u{301}").
    func equals(_ other: Text, in bytes: [UInt8]) -> Bool {
        if escaped || other.escaped { return decoded(in: bytes) == other.decoded(in: bytes) }
        guard count == other.count else { return false }
        for index in 0..<count where bytes[offset + index] != bytes[other.offset + index] { return false }
        return true
    }

    /// Whether the value is exactly these bytes.
    @inline(__always)
    public func equals(_ value: [UInt8], in bytes: [UInt8]) -> Bool {
        if escaped { return decoded(in: bytes) == value }
        guard count == value.count else { return false }
        for index in 0..<count where bytes[offset + index] != value[index] { return false }
        return true
    }

    /// Calls the body with the bytes of the value, without a copy where it holds no escapes.
    @inline(__always)
    public func withBytes<Result>(in bytes: [UInt8], _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        if escaped { return decoded(in: bytes).withUnsafeBytes(body) }
        return bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[range])) }
    }
}
