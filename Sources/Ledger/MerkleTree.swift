/// The growing right edge of an RFC 6962 tree: per level the hashes of the tile that is not yet full.
///
/// A value of about 16 KB a level; appending costs one node hash on average, whatever the size. Full tiles are handed
/// out and forgotten: keep them elsewhere and read them through a `TileReader`.
public struct MerkleTree: Sendable {
    /// Number of leaves.
    public private(set) var size: UInt64 = 0

    // edges[l] is the partial tile of level l, 0...255 hashes; levels that never held a hash are absent.
    private var edges: [TileNodes] = []

    /// The empty tree.
    public init() {}

    // A tree whose edge is known; the edges' widths must be those of the size.
    init(size: UInt64, edges: [TileNodes]) {
        self.size = size
        self.edges = edges
    }

    /// Appends a leaf hash and hands out each tile that it completes, lowest level first.
    public mutating func append(_ leaf: Digest, onFullTile: (Tile, [Digest]) -> Void) {
        size += 1
        var hash = leaf
        var level = 0
        while true {
            if level == edges.count { edges.append(TileNodes()) }
            edges[level].append(hash)
            guard edges[level].width == Tile.fullWidth else { return }
            let index = size >> UInt64(Tile.height * (level + 1)) - 1
            onFullTile(Tile(checkedLevel: level, index: index, width: Tile.fullWidth), edges[level].hashes)
            hash = edges[level].root
            edges[level].removeAll()
            level += 1
        }
    }

    /// Appends a leaf hash where nobody needs the tiles: the root and the partial tiles stay right.
    public mutating func append(_ leaf: Digest) {
        append(leaf) { _, _ in }
    }

    /// The hashes of the partial tile of a level, 0...255 of them; empty for a level that the tree does not reach.
    public func partialTile(level: Int) -> [Digest] {
        edges.indices.contains(level) ? edges[level].hashes : []
    }

    /// The partial tiles that must be published with a checkpoint of this size, lowest level first.
    public var partialTiles: [(tile: Tile, hashes: [Digest])] {
        edges.enumerated().compactMap { level, edge in
            guard edge.width > 0 else { return nil }
            let index = (size >> UInt64(Tile.height * level)) / UInt64(Tile.fullWidth)
            return (Tile(checkedLevel: level, index: index, width: edge.width), edge.hashes)
        }
    }

    /// Root of the tree, `MTH` of RFC 6962 section 2.1; costs at most one node hash per bit of the size.
    public var root: Digest {
        var root: Digest?
        for edge in edges {
            for height in 0..<Tile.height where edge.width >> height & 1 == 1 {
                let node = edge.node(height: height, position: edge.width >> height - 1)
                root = root.map { Digest.node(node, $0) } ?? node
            }
        }
        return root ?? .emptyRoot
    }

    // The node over 2^height hashes of the partial tile of a level, when that part of the tile is there.
    func edgeNode(level: Int, height: Int, position: Int) -> Digest? {
        guard edges.indices.contains(level), (position + 1) << height <= edges[level].width else { return nil }
        return edges[level].node(height: height, position: position)
    }
}
