import Crypto

/// Signs notes: a private key in memory here, a certified module elsewhere.
public protocol NoteSigner: Sendable {
    /// The name that stands on the signature line.
    var name: String { get }

    /// The id of the key: the first four bytes of the signature line's base64.
    var keyID: UInt32 { get }

    /// Signs a note's text, given with its final line feed; the key id is not part of the answer.
    ///
    /// - Throws: whatever keeps the signer from signing.
    func sign(_ text: [UInt8]) throws -> [UInt8]
}

/// An Ed25519 key that signs notes with type 0x01; its text form is the one of golang.org/x/mod/sumdb/note.
public struct Ed25519Signer: NoteSigner {
    /// The name that stands on the signature line.
    public let name: String

    /// The id of the key.
    public let keyID: UInt32

    /// The public key that verifies what this signer signs.
    public let verifierKey: VerifierKey

    private let privateKey: Curve25519.Signing.PrivateKey

    private static let prefix = "PRIVATE+KEY+"

    private init(name: String, privateKey: Curve25519.Signing.PrivateKey) throws(KeyError) {
        let publicKey = Array(privateKey.publicKey.rawRepresentation)
        verifierKey = try VerifierKey(name: name, type: SignatureType.ed25519, publicKey: publicKey)
        self.name = name
        keyID = verifierKey.keyID
        self.privateKey = privateKey
    }

    /// A new random key.
    ///
    /// - Throws: `KeyError.invalidName`.
    public static func generate(name: String) throws(KeyError) -> Ed25519Signer {
        try Ed25519Signer(name: name, privateKey: Curve25519.Signing.PrivateKey())
    }

    /// The key of a 32-byte seed.
    ///
    /// - Throws: `KeyError`.
    public init(name: String, seed: [UInt8]) throws(KeyError) {
        guard let privateKey = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed) else { throw .malformed }
        try self.init(name: name, privateKey: privateKey)
    }

    /// Reads `PRIVATE+KEY+name+hash+base64(0x01 ‖ seed)`.
    ///
    /// - Throws: `KeyError`; no part of the key appears in it.
    public init(privateText: String) throws(KeyError) {
        guard privateText.hasPrefix(Ed25519Signer.prefix) else { throw .malformed }
        let parts = privateText.dropFirst(Ed25519Signer.prefix.count)
            .split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let keyID = NoteName.keyID(hex: parts[1]) else { throw .malformed }
        guard let key = Base64.decode(parts[2].utf8), let type = key.first else { throw .malformed }
        guard type == SignatureType.ed25519 else { throw .unsupportedType(type) }
        try self.init(name: String(parts[0]), seed: Array(key.dropFirst()))
        guard self.keyID == keyID else { throw .wrongKeyID }
    }

    /// The private key as text; keep it as such.
    public var privateText: String {
        let key = [SignatureType.ed25519] + Array(privateKey.rawRepresentation)
        return "\(Ed25519Signer.prefix)\(name)+\(NoteName.hex(keyID))+\(Base64.encode(key))"
    }

    /// The 64-byte Ed25519 signature of the text.
    public func sign(_ text: [UInt8]) throws -> [UInt8] {
        Array(try privateKey.signature(for: text))
    }
}
