/// Signature types of C2SP signed-note that this module knows.
public enum SignatureType {
    /// Ed25519 over the note's text.
    public static let ed25519: UInt8 = 0x01
    /// Ed25519 with a timestamp: a witness's cosignature/v1.
    public static let cosignature: UInt8 = 0x04
}
