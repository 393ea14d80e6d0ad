/// Numbers as text, strictly: no signs but `-`, no blanks, no thousands separators, no hexadecimal, no `nan`.
enum Numbers {
    /// A whole number in the range of 64 bits; leading zeros are allowed.
    static func int(_ text: ArraySlice<UInt8>) -> Int64? {
        var digits = text
        let negative = digits.first == UInt8(ascii: "-")
        if negative { digits = digits.dropFirst() }
        guard !digits.isEmpty else { return nil }
        var value: Int64 = 0
        for byte in digits {
            guard let digit = digit(byte) else { return nil }
            // Summed on the negative side, which reaches one further.
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflow2) = product.subtractingReportingOverflow(Int64(digit))
            guard !overflow, !overflow2 else { return nil }
            value = sum
        }
        guard !negative else { return value }
        return value == .min ? nil : -value
    }

    /// A decimal number with an optional fraction and exponent; nil when it is too large for a double.
    static func double(_ text: ArraySlice<UInt8>) -> Double? {
        var rest = text
        if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        var digits = dropDigits(&rest)
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            digits += dropDigits(&rest)
        }
        guard digits > 0 else { return nil }
        if let first = rest.first, first | 0x20 == UInt8(ascii: "e") {
            rest = rest.dropFirst()
            if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
            guard dropDigits(&rest) > 0 else { return nil }
        }
        guard rest.isEmpty, let value = Double(String(decoding: text, as: UTF8.self)) else { return nil }
        return value.isFinite ? value : nil
    }

    /// The value of a decimal digit.
    static func digit(_ byte: UInt8) -> Int? {
        byte >= 0x30 && byte <= 0x39 ? Int(byte - 0x30) : nil
    }

    private static func dropDigits(_ text: inout ArraySlice<UInt8>) -> Int {
        var count = 0
        while let byte = text.first, digit(byte) != nil {
            text = text.dropFirst()
            count += 1
        }
        return count
    }
}
