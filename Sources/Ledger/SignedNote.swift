/// Why a note was refused.
public enum NoteError: Error, Equatable {
    /// Larger than `SignedNote.maximumBytes`.
    case tooLarge
    /// Invalid UTF-8, or a control character other than line feed.
    case invalidText
    /// No blank line with signatures behind it, or the text does not end with a line feed.
    case malformed
    /// A line behind the blank line is not a signature.
    case malformedSignatureLine
    /// More than `SignedNote.maximumSignatures`.
    case tooManySignatures
    /// A signature by a known key does not verify.
    case invalidSignature(name: String)
    /// No signature is by a known key.
    case noKnownSignature
}

/// A text with signatures over it, C2SP signed-note v1.0.0.
public struct SignedNote: Hashable, Sendable {
    /// Room for sixteen post-quantum signatures of 5 kB, which the specification asks readers to accept, and a text.
    public static let maximumBytes = 128 << 10

    /// The specification asks for at least 16.
    public static let maximumSignatures = 100

    /// The signed text, with its final line feed, without the blank line.
    public let text: String

    /// The signature lines in order.
    public private(set) var signatures: [NoteSignature]

    /// A note from its parts.
    ///
    /// - Throws: `NoteError` when the text or the number of signatures is not allowed.
    public init(text: String, signatures: [NoteSignature]) throws(NoteError) {
        guard SignedNote.isValid(text.utf8) else { throw .invalidText }
        guard text.utf8.last == UInt8(ascii: "\n") else { throw .malformed }
        guard !signatures.isEmpty else { throw .malformed }
        guard signatures.count <= SignedNote.maximumSignatures else { throw .tooManySignatures }
        self.text = text
        self.signatures = signatures
    }

    /// Reads a note strictly; verifies nothing.
    ///
    /// - Throws: `NoteError`.
    public init(parsing bytes: [UInt8]) throws(NoteError) {
        guard bytes.count <= SignedNote.maximumBytes else { throw .tooLarge }
        guard SignedNote.isValid(bytes), let whole = String(validating: bytes, as: UTF8.self) else {
            throw .invalidText
        }
        let newline = UInt8(ascii: "\n")
        // The last blank line separates; the text before it may hold others.
        guard bytes.count >= 3, bytes.last == newline,
            let blank = (1..<bytes.count - 1).last(where: { bytes[$0] == newline && bytes[$0 - 1] == newline })
        else { throw .malformed }
        var signatures: [NoteSignature] = []
        for line in bytes[(blank + 1)..<(bytes.count - 1)].split(separator: newline, omittingEmptySubsequences: false) {
            guard signatures.count < SignedNote.maximumSignatures else { throw .tooManySignatures }
            signatures.append(try NoteSignature(line: line))
        }
        let text = String(decoding: whole.utf8.prefix(blank), as: UTF8.self)
        try self.init(text: text, signatures: signatures)
    }

    /// Signs a text that ends with a line feed.
    ///
    /// - Throws: `NoteError` for a text that is not allowed, or what a signer throws.
    public init(text: String, signers: [any NoteSigner]) throws {
        let bytes = Array(text.utf8)
        let signatures = try signers.map {
            try NoteSignature(name: $0.name, keyID: $0.keyID, signature: $0.sign(bytes))
        }
        try self.init(text: text, signatures: signatures)
    }

    /// The whole note as it is served.
    public var encoded: String { text + "\n" + signatures.map(\.line).joined() }

    /// Adds a signature line, as a witness's.
    ///
    /// - Throws: `NoteError.tooManySignatures`.
    public mutating func add(_ signature: NoteSignature) throws(NoteError) {
        guard signatures.count < SignedNote.maximumSignatures else { throw .tooManySignatures }
        signatures.append(signature)
    }

    /// Verifies the signatures of type 0x01 by these keys: every one must be right and at least one must be there.
    ///
    /// Lines by other keys are ignored, cosignatures too: `cosignatures(by:)` is for those.
    ///
    /// - Returns: the keys that signed, in the order of the lines.
    /// - Throws: `NoteError.invalidSignature` or `.noKnownSignature`.
    @discardableResult
    public func verify(with keys: [VerifierKey]) throws(NoteError) -> [VerifierKey] {
        let message = Array(text.utf8)
        var signed: [VerifierKey] = []
        for signature in signatures {
            for key in keys where key.type == SignatureType.ed25519 && key.made(signature) {
                guard key.verifiesEd25519(signature.signature, of: message) else {
                    throw .invalidSignature(name: key.name)
                }
                signed.append(key)
            }
        }
        guard !signed.isEmpty else { throw .noKnownSignature }
        return signed
    }

    private static func isValid(_ text: some Sequence<UInt8>) -> Bool {
        text.allSatisfy { $0 >= 0x20 || $0 == UInt8(ascii: "\n") }
    }
}
