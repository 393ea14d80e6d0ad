/// Says of most absent keys that they are absent: a Bloom filter whose bits for one key lie in one cache line.
///
/// Twelve bits and six probes a key, about 0.5 % false alarms (Putze, Sanders, Singler: "Cache-, Hash- and
/// Space-Efficient Bloom Filters", 2007). The keys are hashes already; their halves are the probes.
struct KeyFilter: Sendable {
    private var words: [UInt64]

    private static let bitsPerKey = 12
    private static let probes = 6
    private static let wordsPerBlock = 8

    init(keyCount: Int) {
        let blocks = max(1, (keyCount * Self.bitsPerKey + 511) / 512)
        words = Array(repeating: 0, count: blocks * Self.wordsPerBlock)
    }

    /// From the bytes that `bytes` gave; nil if they are not a filter.
    init?(bytes: [UInt8]) {
        guard !bytes.isEmpty, bytes.count % (Self.wordsPerBlock * 8) == 0 else { return nil }
        words = bytes.withUnsafeBytes { raw in
            (0..<bytes.count / 8).map {
                UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self))
            }
        }
    }

    var bytes: [UInt8] { words.map(\.littleEndian).withUnsafeBytes { Array($0) } }

    /// The first word of the key's block, by multiplication instead of a division.
    @inline(__always)
    private func block(_ key: UInt64) -> Int {
        Int(key.multipliedFullWidth(by: UInt64(words.count / Self.wordsPerBlock)).high) * Self.wordsPerBlock
    }

    mutating func insert(_ key: UInt64) {
        let block = block(key)
        var probe = key &* 0x9E37_79B9_7F4A_7C15
        for _ in 0..<Self.probes {
            words[block + Int(probe >> 61)] |= 1 << ((probe >> 55) & 63)
            probe = probe << 9 | probe >> 55
        }
    }

    @inline(__always)
    func mayContain(_ key: UInt64) -> Bool {
        let block = block(key)
        var probe = key &* 0x9E37_79B9_7F4A_7C15
        for _ in 0..<Self.probes {
            guard words[block + Int(probe >> 61)] & 1 << ((probe >> 55) & 63) != 0 else { return false }
            probe = probe << 9 | probe >> 55
        }
        return true
    }
}
