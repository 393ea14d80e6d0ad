/// Characters of names.
enum Identifier {
    static func isLower(_ byte: UInt8) -> Bool { byte >= 0x61 && byte <= 0x7A }
    static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
    static func isLetter(_ byte: UInt8) -> Bool { isLower(byte | 0x20) && byte < 0x80 }

    /// `dotted.lowerCamel` words, each beginning with a small letter, at least `parts` of them.
    static func isDotted(_ text: String, parts least: Int) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count >= least
            && parts.allSatisfy { part in
                part.first.map(isLower) == true && part.allSatisfy { isLetter($0) || isDigit($0) }
            }
    }
}
