/// Why entries could not be bundled, or a bundle not be read.
public enum EntryBundleError: Error, Equatable {
    /// An entry of this many bytes does not fit its 16-bit length.
    case entryTooLarge(Int)
    /// The bundle ends within the entry at this position.
    case truncated(entry: Int)
    /// A bundle holds 1 to 256 entries.
    case wrongCount(Int)
}

/// The entries beside a level-0 tile: each a big-endian 16-bit length and its bytes (C2SP tlog-tiles).
public enum EntryBundle {
    /// The largest entry that its length can state.
    public static let maximumEntryBytes = Int(UInt16.max)

    private static let lengthByteCount = 2

    /// Appends one entry to a bundle that is being built.
    ///
    /// - Throws: `EntryBundleError.entryTooLarge`.
    public static func append(_ entry: some Collection<UInt8>, to bundle: inout [UInt8]) throws(EntryBundleError) {
        guard let length = UInt16(exactly: entry.count) else { throw .entryTooLarge(entry.count) }
        bundle.append(UInt8(length >> 8))
        bundle.append(UInt8(length & 0xff))
        bundle.append(contentsOf: entry)
    }

    /// The bundle of 1 to 256 entries.
    ///
    /// - Throws: `EntryBundleError`.
    public static func encode(_ entries: [[UInt8]]) throws(EntryBundleError) -> [UInt8] {
        guard (1...Tile.fullWidth).contains(entries.count) else { throw .wrongCount(entries.count) }
        var bundle: [UInt8] = []
        bundle.reserveCapacity(entries.reduce(0) { $0 + $1.count + lengthByteCount })
        for entry in entries { try append(entry, to: &bundle) }
        return bundle
    }

    /// Where the entries of a bundle stand in it; copies nothing.
    ///
    /// - Throws: `EntryBundleError`.
    public static func ranges(in bundle: [UInt8]) throws(EntryBundleError) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        ranges.reserveCapacity(Tile.fullWidth)
        var at = 0
        while at < bundle.count {
            guard ranges.count < Tile.fullWidth else { throw .wrongCount(ranges.count + 1) }
            guard bundle.count - at >= lengthByteCount else { throw .truncated(entry: ranges.count) }
            let length = Int(bundle[at]) << 8 | Int(bundle[at + 1])
            at += lengthByteCount
            guard bundle.count - at >= length else { throw .truncated(entry: ranges.count) }
            ranges.append(at..<at + length)
            at += length
        }
        guard !ranges.isEmpty else { throw .wrongCount(0) }
        return ranges
    }

    /// The entries of a bundle.
    ///
    /// - Throws: `EntryBundleError`.
    public static func decode(_ bundle: [UInt8]) throws(EntryBundleError) -> [[UInt8]] {
        try ranges(in: bundle).map { Array(bundle[$0]) }
    }
}
