/// A witness's word, C2SP cosignature/v1: "at this time, this was the largest consistent tree I had seen".
public struct Cosignature: Hashable, Sendable {
    /// The witness's key, of type 0x04.
    public let key: VerifierKey

    /// When the witness signed, in seconds since 1970 UTC.
    public let timestamp: UInt64

    private static let timestampByteCount = 8
    private static let signatureByteCount = 64

    /// The message that a cosignature signs: the note's text behind a time of the witness.
    public static func message(timestamp: UInt64, text: String) -> [UInt8] {
        Array("cosignature/v1\ntime \(timestamp)\n\(text)".utf8)
    }

    /// Verifies one line of a note whose text is `text`; nil when the line is not by this key or the key not a witness's.
    ///
    /// - Throws: `NoteError.invalidSignature` when it is by this key and wrong.
    public init?(_ line: NoteSignature, by key: VerifierKey, text: String) throws(NoteError) {
        guard key.type == SignatureType.cosignature, key.made(line) else { return nil }
        let blob = line.signature
        guard blob.count == Cosignature.timestampByteCount + Cosignature.signatureByteCount else {
            throw .invalidSignature(name: key.name)
        }
        let timestamp = blob[..<Cosignature.timestampByteCount].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let signature = Array(blob[Cosignature.timestampByteCount...])
        guard timestamp <= UInt64(Int64.max),
            key.verifiesEd25519(signature, of: Cosignature.message(timestamp: timestamp, text: text))
        else { throw .invalidSignature(name: key.name) }
        self.key = key
        self.timestamp = timestamp
    }
}

extension SignedNote {
    /// The cosignatures by these witnesses' keys, in the order of the lines; lines by others are ignored.
    ///
    /// Whether they are enough is for the caller's policy. Count keys, not lines: a witness may have signed twice.
    ///
    /// - Throws: `NoteError.invalidSignature` when a line by one of them is wrong.
    public func cosignatures(by keys: [VerifierKey]) throws(NoteError) -> [Cosignature] {
        var found: [Cosignature] = []
        for signature in signatures {
            for key in keys {
                if let cosignature = try Cosignature(signature, by: key, text: text) { found.append(cosignature) }
            }
        }
        return found
    }
}
