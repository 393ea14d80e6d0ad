import Crypto

/// A SHA-256 digest: 32 bytes held in four words, so that copying one costs no heap block.
///
/// Ledger hashes are RFC 6962 section 2.1: a leaf is `SHA-256(0x00 ‖ data)`, a node is `SHA-256(0x01 ‖ left ‖ right)`.
public struct Digest: Hashable, Sendable {
    /// Length of a digest in bytes.
    public static let byteCount = 32

    // The digest's bytes in memory order, whatever the machine's endianness.
    private var words: (UInt64, UInt64, UInt64, UInt64)

    /// All bytes zero; a placeholder in buffers, never the hash of anything known.
    public static let zero = Digest(words: (0, 0, 0, 0))

    /// Root of the empty tree: SHA-256 of nothing (RFC 6962 section 2.1).
    public static let emptyRoot = sha256(UnsafeRawBufferPointer(start: nil, count: 0))

    private init(words: (UInt64, UInt64, UInt64, UInt64)) {
        self.words = words
    }

    /// Takes exactly 32 bytes; nil for any other number.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Digest.byteCount else { return nil }
        self.init(words: (0, 0, 0, 0))
        withUnsafeMutableBytes(of: &words) { $0.copyBytes(from: bytes) }
    }

    /// Takes the first 32 bytes of `buffer`, which need not be aligned.
    ///
    /// The caller guarantees that `buffer` holds at least 32 bytes.
    public init(unsafe buffer: UnsafeRawBufferPointer) {
        // The caller's guarantee; a short read would invent digest bytes.
        precondition(buffer.count >= Digest.byteCount)
        self.init(
            words: (
                buffer.loadUnaligned(fromByteOffset: 0, as: UInt64.self),
                buffer.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
                buffer.loadUnaligned(fromByteOffset: 16, as: UInt64.self),
                buffer.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
            ))
    }

    /// Takes the base64 of 32 bytes (RFC 4648 section 4, padded, canonical); nil for anything else.
    public init?(base64: some StringProtocol) {
        guard let bytes = Base64.decode(base64.utf8) else { return nil }
        self.init(bytes: bytes)
    }

    /// Calls `body` with the 32 bytes in place.
    public func withUnsafeBytes<R, E: Error>(
        _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        try Swift.withUnsafeBytes(of: words, body)
    }

    /// The 32 bytes as an array; makes a heap block, so not for hot paths.
    public var bytes: [UInt8] { withUnsafeBytes { Array($0) } }

    /// Base64 with padding (RFC 4648 section 4), as checkpoints and proofs write it: 44 characters.
    public var base64: String { Base64.encode(bytes) }

    /// Whether all 32 bytes are the same; not in constant time, digests here are public.
    public static func == (a: Digest, b: Digest) -> Bool { a.words == b.words }

    /// Feeds the 32 bytes to a hasher.
    public func hash(into hasher: inout Hasher) {
        withUnsafeBytes { hasher.combine(bytes: $0) }
    }
}

extension Digest: CustomStringConvertible {
    /// 64 lower-case hexadecimal digits.
    public var description: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(2 * Digest.byteCount)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}

extension Digest {
    // Domain separation of RFC 6962 section 2.1: no leaf can be passed off as a node.
    private static let leafPrefix: UInt8 = 0
    private static let nodePrefix: UInt8 = 1

    // Up to this length a leaf is copied behind its prefix on the stack: one update is cheaper than two.
    private static let stackLeafLimit = 1024

    /// SHA-256 of `data`.
    public static func sha256(_ data: UnsafeRawBufferPointer) -> Digest {
        var hasher = SHA256()
        hasher.update(bufferPointer: data)
        return hasher.finalize().withUnsafeBytes { Digest(unsafe: $0) }
    }

    /// SHA-256 of `data`.
    public static func sha256(_ data: [UInt8]) -> Digest {
        data.withUnsafeBytes { sha256($0) }
    }

    /// The RFC 6962 leaf hash of an entry: `SHA-256(0x00 ‖ data)`.
    public static func leaf(_ data: UnsafeRawBufferPointer) -> Digest {
        if data.count < stackLeafLimit {
            return withUnsafeTemporaryAllocation(byteCount: data.count + 1, alignment: 8) { buffer in
                buffer[0] = leafPrefix
                UnsafeMutableRawBufferPointer(rebasing: buffer[1...]).copyMemory(from: data)
                return sha256(UnsafeRawBufferPointer(buffer))
            }
        }
        var hasher = SHA256()
        Swift.withUnsafeBytes(of: leafPrefix) { hasher.update(bufferPointer: $0) }
        hasher.update(bufferPointer: data)
        return hasher.finalize().withUnsafeBytes { Digest(unsafe: $0) }
    }

    /// The RFC 6962 leaf hash of an entry: `SHA-256(0x00 ‖ data)`.
    public static func leaf(_ data: [UInt8]) -> Digest {
        data.withUnsafeBytes { leaf($0) }
    }

    /// The RFC 6962 hash of an inner node: `SHA-256(0x01 ‖ left ‖ right)`.
    public static func node(_ left: Digest, _ right: Digest) -> Digest {
        // The prefix stands at offset 7, so that both digests are stored aligned.
        withUnsafeTemporaryAllocation(byteCount: 72, alignment: 8) { buffer in
            buffer[7] = nodePrefix
            buffer.storeBytes(of: left.words, toByteOffset: 8, as: (UInt64, UInt64, UInt64, UInt64).self)
            buffer.storeBytes(of: right.words, toByteOffset: 40, as: (UInt64, UInt64, UInt64, UInt64).self)
            return sha256(UnsafeRawBufferPointer(rebasing: buffer[7...]))
        }
    }
}

extension Digest {
    /// Reads concatenated digests, as a tile holds them; nil when the length is no multiple of 32.
    public static func list(from bytes: [UInt8]) -> [Digest]? {
        guard bytes.count.isMultiple(of: byteCount) else { return nil }
        return bytes.withUnsafeBytes { raw in
            stride(from: 0, to: raw.count, by: byteCount).map {
                Digest(unsafe: UnsafeRawBufferPointer(rebasing: raw[$0...]))
            }
        }
    }

    /// Concatenates digests to the bytes of a tile: 32 bytes each.
    public static func bytes(of list: some Collection<Digest>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(list.count * byteCount)
        for digest in list { digest.withUnsafeBytes { bytes.append(contentsOf: $0) } }
        return bytes
    }
}
