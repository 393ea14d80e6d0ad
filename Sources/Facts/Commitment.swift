import Crypto

/// The salted commitment that stands in the log for bytes that do not: SHA-256("jianghan/v1" ‖ 0x00 ‖ salt ‖ bytes).
///
/// Whoever holds bytes and salt can check them against the log; whoever holds neither learns nothing, also when the
/// bytes are easy to guess; and when the salt is erased, nobody can test a guess any more.
public enum Commitment {
    /// Bytes of a salt.
    public static let saltCount = 32
    /// Bytes of a commitment.
    public static let count = 32

    private static let domain: [UInt8] = Array("jianghan/v1".utf8) + [0]

    /// - Returns: the 32 bytes of the commitment.
    public static func of(_ bytes: [UInt8], salt: [UInt8]) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: count)
        salt.withUnsafeBytes { salt in
            result.withUnsafeMutableBytes { write(bytes, salt: salt, to: $0) }
        }
        return result
    }

    /// Writes the commitment into the first 32 bytes of `target`; the form without a heap block, for the write path.
    public static func write(
        _ bytes: [UInt8], salt: UnsafeRawBufferPointer, to target: UnsafeMutableRawBufferPointer
    ) {
        var hash = SHA256()
        domain.withUnsafeBytes { hash.update(bufferPointer: $0) }
        hash.update(bufferPointer: salt)
        bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
        hash.finalize().withUnsafeBytes { target.copyMemory(from: $0) }
    }
}

/// The log's entry for one fact: commit(body) ‖ received, uint64 big endian ‖ commit(private), absent when there is none.
public enum LeafData {
    /// Bytes of an entry without a private part.
    public static let count = Commitment.count + 8

    /// - Parameters:
    ///   - body: the fact's bytes without `private`.
    ///   - salt: 32 random bytes.
    ///   - received: milliseconds since 1970 UTC.
    ///   - privateCommitment: 32 bytes, or nil.
    public static func of(
        body: [UInt8], salt: UnsafeRawBufferPointer, received: Int64, privateCommitment: [UInt8]? = nil
    ) -> [UInt8] {
        let total = count + (privateCommitment?.count ?? 0)
        return [UInt8](unsafeUninitializedCapacity: total) { buffer, initialized in
            let raw = UnsafeMutableRawBufferPointer(buffer)
            Commitment.write(body, salt: salt, to: raw)
            raw.storeBytes(of: UInt64(bitPattern: received).bigEndian, toByteOffset: Commitment.count, as: UInt64.self)
            if let privateCommitment {
                UnsafeMutableRawBufferPointer(rebasing: raw[count...]).copyBytes(from: privateCommitment)
            }
            initialized = total
        }
    }
}
