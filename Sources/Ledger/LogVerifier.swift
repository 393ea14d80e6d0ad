/// Why a log was refused; names the first resource that is wrong.
public enum LogVerificationError: Error, Equatable {
    /// The checkpoint is missing, or its note, origin or signature is wrong.
    case checkpoint(CheckpointError)
    /// A resource that the checkpoint's size implies is not there.
    case missing(path: String)
    /// A bundle cannot be read.
    case malformedBundle(path: String, EntryBundleError)
    /// A bundle holds another number of entries than the size implies.
    case wrongEntryCount(path: String, expected: Int, found: Int)
    /// A tile is longer or shorter, in bytes, than the size implies.
    case wrongTileLength(path: String, expected: Int, found: Int)
    /// The tile at `path` has another hash than what lies below it; `index` counts hashes of the tile's level from 0.
    ///
    /// At level 0 the entry of that index, or the tile, was changed; which of them cannot be told.
    case hashDiffers(path: String, index: UInt64)
    /// All tiles agree with the entries, but the signed root is another.
    case rootDiffers(signed: Digest, computed: Digest)
}

/// Re-verifies a whole log from its public resources, trusting nothing but the log's key.
///
/// Every entry is hashed again, every tile compared, the root compared with the signed one. Reads each resource once
/// and holds one bundle and one tile a level: memory does not grow with the log.
public struct LogVerifier: Sendable {
    /// The resource that holds the checkpoint.
    public static let checkpointPath = "checkpoint"

    private let origin: String
    private let keys: [VerifierKey]

    /// - Parameters:
    ///   - origin: the log's name.
    ///   - keys: the log's keys.
    public init(origin: String, keys: [VerifierKey]) {
        self.origin = origin
        self.keys = keys
    }

    /// Verifies the log.
    ///
    /// - Parameter resource: the bytes of a resource under the log's prefix, nil when there is none. Where a partial
    ///   tile or bundle is missing, the full one is asked for, which may have replaced it.
    /// - Returns: the checkpoint, now known to be what the entries amount to.
    /// - Throws: `LogVerificationError`.
    @discardableResult
    public func verify(resource: (String) -> [UInt8]?) throws(LogVerificationError) -> Checkpoint {
        guard let note = resource(LogVerifier.checkpointPath) else {
            throw .missing(path: LogVerifier.checkpointPath)
        }
        let checkpoint: Checkpoint
        do {
            checkpoint = try Checkpoint.open(note: note, origin: origin, keys: keys)
        } catch {
            throw .checkpoint(error)
        }
        var tree = MerkleTree()
        var completed: [(Tile, [Digest])] = []
        while tree.size < checkpoint.size {
            let width = Int(min(UInt64(Tile.fullWidth), checkpoint.size - tree.size))
            let index = tree.size / UInt64(Tile.fullWidth)
            let tile = Tile(checkedLevel: 0, index: index, width: width)
            let leaves = try leafHashes(of: tile, resource: resource)
            try compare(leaves, with: tile, resource: resource)
            for leaf in leaves {
                tree.append(leaf) { tile, hashes in
                    if tile.level > 0 { completed.append((tile, hashes)) }
                }
            }
            for (tile, hashes) in completed { try compare(hashes, with: tile, resource: resource) }
            completed.removeAll(keepingCapacity: true)
        }
        for (tile, hashes) in tree.partialTiles where tile.level > 0 {
            try compare(hashes, with: tile, resource: resource)
        }
        guard tree.root == checkpoint.root else {
            throw .rootDiffers(signed: checkpoint.root, computed: tree.root)
        }
        return checkpoint
    }

    // Leaf hashes of the entries beside a level-0 tile.
    private func leafHashes(
        of tile: Tile, resource: (String) -> [UInt8]?
    ) throws(LogVerificationError) -> [Digest] {
        let (found, path, bytes) = try read(tile, path: \.entriesPath, resource: resource)
        let ranges: [Range<Int>]
        do {
            ranges = try EntryBundle.ranges(in: bytes)
        } catch {
            throw .malformedBundle(path: path, error)
        }
        guard ranges.count == found.width else {
            throw .wrongEntryCount(path: path, expected: found.width, found: ranges.count)
        }
        return bytes.withUnsafeBytes { raw in
            ranges.prefix(tile.width).map { Digest.leaf(UnsafeRawBufferPointer(rebasing: raw[$0])) }
        }
    }

    // Compares computed hashes with the published tile.
    private func compare(
        _ hashes: [Digest], with tile: Tile, resource: (String) -> [UInt8]?
    ) throws(LogVerificationError) {
        let (found, path, bytes) = try read(tile, path: \.path, resource: resource)
        let expected = found.width * Digest.byteCount
        guard bytes.count == expected else {
            throw .wrongTileLength(path: path, expected: expected, found: bytes.count)
        }
        let difference = bytes.withUnsafeBytes { raw in
            hashes.indices.first { at in
                Digest(unsafe: UnsafeRawBufferPointer(rebasing: raw[(at * Digest.byteCount)...])) != hashes[at]
            }
        }
        if let difference {
            throw .hashDiffers(path: path, index: tile.index * UInt64(Tile.fullWidth) + UInt64(difference))
        }
    }

    // A tile's or bundle's bytes, of the full one when the partial one is gone.
    private func read(
        _ tile: Tile, path: KeyPath<Tile, String>, resource: (String) -> [UInt8]?
    ) throws(LogVerificationError) -> (Tile, String, [UInt8]) {
        for candidate in tile.isFull ? [tile] : [tile, tile.full] {
            if let bytes = resource(candidate[keyPath: path]) { return (candidate, candidate[keyPath: path], bytes) }
        }
        throw .missing(path: tile[keyPath: path])
    }
}
