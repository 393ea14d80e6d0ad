import Crypto
import Ledger

/// Keys of fixed seeds, so that every run signs the same bytes (Ed25519 is deterministic here).
enum NoteFixture {
    static let origin = "log.example/district"

    static func signer(_ name: String = origin, seed: UInt8 = 1) throws -> Ed25519Signer {
        try Ed25519Signer(name: name, seed: [UInt8](repeating: seed, count: 32))
    }

    static func checkpoint(size: UInt64 = 5) throws -> Checkpoint {
        try Checkpoint(origin: origin, size: size, root: .leaf([1, 2, 3]))
    }

    /// A witness's key and its cosignature line over a text, made without the code under test.
    static func cosign(
        _ text: String, name: String = "witness.example", time: UInt64 = 1_800_000_000, seed: UInt8 = 9
    ) throws -> (key: VerifierKey, line: NoteSignature) {
        let privateKey = try Curve25519.Signing.PrivateKey(rawRepresentation: [UInt8](repeating: seed, count: 32))
        let key = try VerifierKey(
            name: name, type: 0x04, publicKey: Array(privateKey.publicKey.rawRepresentation))
        let message = Array(("cosignature/v1\ntime " + String(time) + "\n" + text).utf8)
        let stamp = (0..<8).map { UInt8(truncatingIfNeeded: time >> UInt64(56 - 8 * $0)) }
        let signature = try Array(privateKey.signature(for: message))
        return (key, try NoteSignature(name: name, keyID: key.keyID, signature: stamp + signature))
    }
}
