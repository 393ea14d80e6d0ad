import Crypto
import Foundation

/// The public key by which a source signs its facts.
public struct SourceKey: Equatable, Sendable {
    /// The signature algorithms that are taken (RFC 8037, RFC 7518).
    public enum Algorithm: String, Sendable, CaseIterable {
        /// Ed25519; the raw key has 32 bytes.
        case edDSA = "EdDSA"
        /// ECDSA on P-256 with SHA-256; the raw key has 64 bytes (x ‖ y). What browsers' WebCrypto offers everywhere.
        case es256 = "ES256"
    }

    /// The algorithm; the key can be used with no other.
    public let algorithm: Algorithm
    /// The raw key.
    public let raw: [UInt8]

    /// - Returns: nil unless the bytes are a point of P-256 (ES256) or 32 bytes (EdDSA, where a value that is no point
    ///   verifies nothing).
    public init?(_ algorithm: Algorithm, raw: some Sequence<UInt8>) {
        let raw = Array(raw)
        switch algorithm {
        case .edDSA:
            guard (try? Curve25519.Signing.PublicKey(rawRepresentation: raw)) != nil else { return nil }
        case .es256:
            guard (try? P256.Signing.PublicKey(rawRepresentation: raw)) != nil else { return nil }
        }
        self.algorithm = algorithm
        self.raw = raw
    }

    /// Reads `EdDSA:base64url` or `ES256:base64url`, the form in which a key stands in the log.
    public init?(text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let algorithm = Algorithm(rawValue: String(parts[0])),
            let raw = Base64URL.decode(String(parts[1]))
        else { return nil }
        self.init(algorithm, raw: raw)
    }

    /// Reads a PEM SubjectPublicKeyInfo (RFC 5480, RFC 8410) of either curve.
    public init?(pem: String) {
        if let key = try? P256.Signing.PublicKey(pemRepresentation: pem) {
            self.init(.es256, raw: key.rawRepresentation)
            return
        }
        // RFC 8410 section 4: a fixed prefix of twelve bytes, then the key.
        let prefix: [UInt8] = [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00]
        let base64 = pem.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("-----") }.joined()
        guard pem.contains("-----BEGIN PUBLIC KEY-----"), let der = Data(base64Encoded: base64),
            der.starts(with: prefix)
        else { return nil }
        self.init(.edDSA, raw: der.dropFirst(prefix.count))
    }

    /// `EdDSA:base64url` or `ES256:base64url`.
    public var text: String { "\(algorithm.rawValue):\(Base64URL.encode(raw))" }

    /// Whether the signature over the message is by this key.
    public func verifies(_ signature: some Sequence<UInt8>, of message: some Sequence<UInt8>) -> Bool {
        let signature = Data(signature)
        let message = Data(message)
        // The bytes were checked to be a key when this value was made.
        switch algorithm {
        case .edDSA:
            return (try? Curve25519.Signing.PublicKey(rawRepresentation: raw))?.isValidSignature(
                signature, for: message)
                ?? false
        case .es256:
            guard let signature = try? P256.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
            return (try? P256.Signing.PublicKey(rawRepresentation: raw))?.isValidSignature(signature, for: message)
                ?? false
        }
    }
}
