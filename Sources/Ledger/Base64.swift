/// Base64 of RFC 4648 section 4: standard alphabet, padding required, canonical.
///
/// Stricter than Foundation and Go, which overlook the unused bits of the last digit: here every text has one
/// decoding and every value one text, so that no signed or hashed line can be changed without being noticed.
public enum Base64 {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let padding = UInt8(ascii: "=")

    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 0xff, count: 256)
        for (value, digit) in digits.enumerated() { values[Int(digit)] = UInt8(value) }
        return values
    }()

    /// The padded base64 of `bytes`.
    public static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var at = 0
        while at < bytes.count {
            let b0 = bytes[at]
            let b1 = at + 1 < bytes.count ? bytes[at + 1] : 0
            let b2 = at + 2 < bytes.count ? bytes[at + 2] : 0
            text.append(digits[Int(b0 >> 2)])
            text.append(digits[Int(b0 & 0x03) << 4 | Int(b1 >> 4)])
            text.append(at + 1 < bytes.count ? digits[Int(b1 & 0x0f) << 2 | Int(b2 >> 6)] : padding)
            text.append(at + 2 < bytes.count ? digits[Int(b2 & 0x3f)] : padding)
            at += 3
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes of a padded canonical base64 text; nil for anything else. The empty text gives no bytes.
    public static func decode(_ text: some Sequence<UInt8>) -> [UInt8]? {
        let text = Array(text)
        guard text.count.isMultiple(of: 4) else { return nil }
        var padded = 0
        while padded < 2, padded < text.count, text[text.count - 1 - padded] == padding { padded += 1 }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3)
        var bits: UInt32 = 0
        var count = 0
        for digit in text.dropLast(padded) {
            let value = values[Int(digit)]
            guard value != 0xff else { return nil }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        // Bits that carry no byte must be zero, or two texts would mean the same bytes.
        guard bits & (1 << UInt32(count) - 1) == 0 else { return nil }
        return bytes
    }
}
