/// One signature line of a note: `— name base64(keyID ‖ signature)`.
public struct NoteSignature: Hashable, Sendable {
    /// Name of the key.
    public let name: String
    /// Id of the key.
    public let keyID: UInt32
    /// What follows the key id: 64 bytes for Ed25519, 72 for a cosignature.
    public let signature: [UInt8]

    /// A signature line from its parts.
    ///
    /// - Throws: `NoteError.malformedSignatureLine` when the name or the signature's length is impossible.
    public init(name: String, keyID: UInt32, signature: [UInt8]) throws(NoteError) {
        guard NoteName.isValid(name), !signature.isEmpty else { throw .malformedSignatureLine }
        self.name = name
        self.keyID = keyID
        self.signature = signature
    }

    /// Reads one line, given without its line feed.
    ///
    /// - Throws: `NoteError.malformedSignatureLine`.
    public init(line: some Collection<UInt8>) throws(NoteError) {
        guard line.starts(with: NoteSignature.dash) else { throw .malformedSignatureLine }
        let parts = line.dropFirst(NoteSignature.dash.count)
            .split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard parts.count == 2, let name = String(validating: parts[0], as: UTF8.self),
            let blob = Base64.decode(parts[1]), blob.count > 4
        else { throw .malformedSignatureLine }
        let keyID = blob[..<4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        try self.init(name: name, keyID: keyID, signature: Array(blob[4...]))
    }

    /// The line, with its line feed.
    public var line: String {
        let id = (0..<4).map { UInt8(truncatingIfNeeded: keyID >> UInt32(24 - 8 * $0)) }
        return "\u{2014} \(name) \(Base64.encode(id + signature))\n"
    }

    // An em dash and a space.
    private static let dash = Array("\u{2014} ".utf8)
}
