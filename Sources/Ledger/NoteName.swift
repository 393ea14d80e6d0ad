// Names and key ids of C2SP signed-note.
enum NoteName {
    // Long enough for any origin, short enough for a line.
    static let maximumBytes = 255

    // Non-empty, no Unicode space, no plus, no control characters.
    static func isValid(_ name: some StringProtocol) -> Bool {
        guard !name.isEmpty, name.utf8.count <= maximumBytes else { return false }
        return name.unicodeScalars.allSatisfy {
            !$0.properties.isWhitespace && $0 != "+" && $0.value >= 0x20
        }
    }

    // Swift's == takes canonically equivalent strings for equal; names are bytes.
    static func areSame(_ a: some StringProtocol, _ b: some StringProtocol) -> Bool {
        a.utf8.elementsEqual(b.utf8)
    }

    // First four bytes of SHA-256(name ‖ LF ‖ type ‖ public key), big-endian.
    static func keyID(name: String, type: UInt8, publicKey: [UInt8]) -> UInt32 {
        let digest = Digest.sha256(Array(name.utf8) + [0x0a, type] + publicKey)
        return digest.withUnsafeBytes { UInt32(bigEndian: $0.loadUnaligned(as: UInt32.self)) }
    }

    // Eight lower-case hexadecimal digits.
    static func hex(_ keyID: UInt32) -> String {
        let digits = String(keyID, radix: 16)
        return String(repeating: "0", count: 8 - digits.utf8.count) + digits
    }

    // The inverse of `hex`; nil for any other spelling.
    static func keyID(hex: some StringProtocol) -> UInt32? {
        guard hex.utf8.count == 8, let keyID = UInt32(hex, radix: 16), NoteName.hex(keyID) == hex else { return nil }
        return keyID
    }
}
