/// All hashes of a tree, and proofs for any size that it ever had: the edge in memory, full tiles through a reader.
///
/// A value over a snapshot of the edge: the tree may grow on elsewhere meanwhile. The sizes of proofs are those of
/// checkpoints, normally older than the edge. A proof reads at most two tiles a level, none that the cache knows.
public struct TreeHashes<Reader: TileReader> {
    /// The edge at the time of the snapshot; its size bounds what can be proved.
    public let tree: MerkleTree

    private let reader: Reader
    private let cache: TileCache

    /// - Parameters:
    ///   - tree: the edge, a snapshot.
    ///   - reader: gives every full tile of `tree`.
    ///   - cache: shared between the values made for one log, or its own.
    public init(tree: MerkleTree, reader: Reader, cache: TileCache = TileCache()) {
        self.tree = tree
        self.reader = reader
        self.cache = cache
    }

    /// Root of the tree when it had `size` leaves.
    ///
    /// - Throws: `TreeError.outOfRange` beyond the tree's size, or what the reader throws.
    public func root(size: UInt64) throws -> Digest {
        guard size <= tree.size else { throw TreeError.outOfRange }
        return size == 0 ? .emptyRoot : try hash(of: 0..<size)
    }

    /// Hash of one leaf.
    ///
    /// - Throws: `TreeError.outOfRange` beyond the tree's size, or what the reader throws.
    public func leaf(index: UInt64) throws -> Digest {
        guard index < tree.size else { throw TreeError.outOfRange }
        return try node(height: 0, position: index)
    }

    /// Inclusion proof of a leaf in the tree of `size` leaves, RFC 6962 section 2.1.1: the leaf's sibling first.
    ///
    /// - Throws: `TreeError.outOfRange` unless `index < size` and `size` is within the tree, or what the reader throws.
    public func inclusionProof(index: UInt64, size: UInt64) throws -> [Digest] {
        guard index < size, size <= tree.size else { throw TreeError.outOfRange }
        var proof: [Digest] = []
        var range = 0..<size
        // From the root down; the siblings are wanted from the leaf up.
        while range.upperBound - range.lowerBound > 1 {
            let split = TreeSplit.middle(of: range)
            if index < split {
                proof.append(try hash(of: split..<range.upperBound))
                range = range.lowerBound..<split
            } else {
                proof.append(try hash(of: range.lowerBound..<split))
                range = split..<range.upperBound
            }
        }
        return proof.reversed()
    }

    /// Consistency proof between two sizes, RFC 6962 section 2.1.2; empty when they are equal or the old one is 0.
    ///
    /// - Throws: `TreeError.outOfRange` unless `oldSize <= newSize` and that is within the tree, or what the reader
    ///   throws.
    public func consistencyProof(from oldSize: UInt64, to newSize: UInt64) throws -> [Digest] {
        guard oldSize <= newSize, newSize <= tree.size else { throw TreeError.outOfRange }
        guard oldSize > 0 else { return [] }
        var proof: [Digest] = []
        var range = 0..<newSize
        while range.upperBound != oldSize {
            let split = TreeSplit.middle(of: range)
            if oldSize <= split {
                proof.append(try hash(of: split..<range.upperBound))
                range = range.lowerBound..<split
            } else {
                proof.append(try hash(of: range.lowerBound..<split))
                range = split..<range.upperBound
            }
        }
        // A subtree that starts at 0 is the old tree itself, whose root the verifier has.
        if range.lowerBound > 0 { proof.append(try hash(of: range)) }
        return proof.reversed()
    }

    // Root over a range that starts at a multiple of its size's next power of two, as all subtrees of a tree do.
    private func hash(of range: Range<UInt64>) throws -> Digest {
        var result: Digest?
        var upper = range.upperBound
        // Perfect subtrees from the right: each stands at the lowest bit of what remains.
        while upper > range.lowerBound {
            let height = (upper - range.lowerBound).trailingZeroBitCount
            upper -= 1 << UInt64(height)
            let left = try node(height: height, position: upper >> UInt64(height))
            result = result.map { Digest.node(left, $0) } ?? left
        }
        return result ?? .emptyRoot
    }

    // Root over the leaves `position << height ..< (position + 1) << height`, all of them within the tree.
    private func node(height: Int, position: UInt64) throws -> Digest {
        let level = height / Tile.height
        let within = height % Tile.height
        let first = position << UInt64(within)
        let index = first / UInt64(Tile.fullWidth)
        let place = Int(first % UInt64(Tile.fullWidth)) >> within
        if index == (tree.size >> UInt64(Tile.height * level)) / UInt64(Tile.fullWidth) {
            guard let node = tree.edgeNode(level: level, height: within, position: place) else {
                throw TreeError.outOfRange
            }
            return node
        }
        return try nodes(of: Tile(checkedLevel: level, index: index, width: Tile.fullWidth))
            .node(height: within, position: place)
    }

    private func nodes(of tile: Tile) throws -> TileNodes {
        if let nodes = cache[tile] { return nodes }
        let hashes = try reader.fullTile(level: tile.level, index: tile.index)
        guard hashes.count == Tile.fullWidth else { throw TreeError.malformedTile(tile) }
        let nodes = TileNodes(hashes)
        cache[tile] = nodes
        return nodes
    }
}

extension TreeHashes: Sendable where Reader: Sendable {}

// Where RFC 6962 divides a tree.
enum TreeSplit {
    // The largest power of two below the number of leaves, from the range's start; the range holds at least two.
    static func middle(of range: Range<UInt64>) -> UInt64 {
        let last = range.upperBound - range.lowerBound - 1
        return range.lowerBound + 1 << UInt64(UInt64.bitWidth - 1 - last.leadingZeroBitCount)
    }
}
