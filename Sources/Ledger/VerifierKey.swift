import Crypto

/// Why a key's text was refused.
public enum KeyError: Error, Equatable {
    /// The text has not the shape of a key.
    case malformed
    /// The name is empty, too long, or has a space, a plus or a control character in it.
    case invalidName
    /// The key id is not that of the name and the key.
    case wrongKeyID
    /// The key is of a type that cannot be used here.
    case unsupportedType(UInt8)
}

/// A public key of C2SP signed-note: `name+hash+base64(type ‖ key)`.
///
/// Types other than Ed25519 (0x01) and cosignature/v1 (0x04) are read and written, so that lists of keys survive,
/// but verify nothing: `isSupported` is false, and their signatures are treated as those of unknown keys.
public struct VerifierKey: Hashable, Sendable {
    /// The key's name; for a log its origin.
    public let name: String

    /// The id that stands before each signature.
    public let keyID: UInt32

    /// The signature type, the first byte of the key; `SignatureType` has those that are supported.
    public let type: UInt8

    /// The key behind the type byte; 32 bytes for Ed25519.
    public let publicKey: [UInt8]

    static let ed25519KeyByteCount = 32

    // No public key of any type is longer; ML-DSA-87 has 2,592 bytes.
    private static let maximumKeyBytes = 4096

    /// A key from its parts; the id is the recommended one.
    ///
    /// - Throws: `KeyError`.
    public init(name: String, type: UInt8, publicKey: [UInt8]) throws(KeyError) {
        guard NoteName.isValid(name) else { throw .invalidName }
        guard !publicKey.isEmpty, publicKey.count <= VerifierKey.maximumKeyBytes else { throw .malformed }
        self.name = name
        self.type = type
        self.publicKey = publicKey
        keyID = NoteName.keyID(name: name, type: type, publicKey: publicKey)
        if isSupported {
            guard publicKey.count == VerifierKey.ed25519KeyByteCount else { throw .malformed }
        }
    }

    /// Reads the text form. The id must be the recommended one, except for unsupported types, which may define their own.
    ///
    /// - Throws: `KeyError`.
    public init(text: String) throws(KeyError) {
        let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let keyID = NoteName.keyID(hex: parts[1]) else { throw .malformed }
        guard let key = Base64.decode(parts[2].utf8), let type = key.first else { throw .malformed }
        try self.init(name: String(parts[0]), type: type, publicKey: Array(key.dropFirst()), statedID: keyID)
    }

    private init(name: String, type: UInt8, publicKey: [UInt8], statedID: UInt32) throws(KeyError) {
        let key = try VerifierKey(name: name, type: type, publicKey: publicKey)
        guard key.keyID == statedID || !key.isSupported else { throw .wrongKeyID }
        self.name = name
        self.type = type
        self.publicKey = publicKey
        keyID = statedID
    }

    /// Whether signatures by this key can be verified here.
    public var isSupported: Bool { type == SignatureType.ed25519 || type == SignatureType.cosignature }

    /// The text form.
    public var text: String { "\(name)+\(NoteName.hex(keyID))+\(Base64.encode([type] + publicKey))" }

    // Whether a raw Ed25519 signature over the message is this key's.
    func verifiesEd25519(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey) else { return false }
        return key.isValidSignature(signature, for: message)
    }

    // Whether a line of a note bears this key's name and id.
    func made(_ signature: NoteSignature) -> Bool {
        keyID == signature.keyID && NoteName.areSame(name, signature.name)
    }
}
