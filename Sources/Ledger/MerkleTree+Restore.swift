extension MerkleTree {
    /// Restores the edge of a tree of `size` leaves from its stored full tiles.
    ///
    /// - Parameters:
    ///   - lastLeaves: the `size % 256` leaf hashes of the partial level-0 tile.
    ///   - reader: gives the full tiles; at most 255 a level are read. Nothing here proves them right: compare `root`
    ///     with the last signed checkpoint.
    /// - Throws: `TreeError`, or what the reader throws.
    public init(size: UInt64, lastLeaves: [Digest], reader: some TileReader) throws {
        let width = Int(size % UInt64(Tile.fullWidth))
        guard lastLeaves.count == width else {
            throw TreeError.wrongLeafCount(expected: width, found: lastLeaves.count)
        }
        var edges = [TileNodes(lastLeaves)]
        var count = size >> UInt64(Tile.height)
        while count > 0 {
            // A hash of this level is the root of a full tile of the level below.
            var edge = TileNodes()
            let below = edges.count - 1
            for index in count / 256 * 256..<count {
                let hashes = try reader.fullTile(level: below, index: index)
                let tile = Tile(checkedLevel: below, index: index, width: Tile.fullWidth)
                guard hashes.count == Tile.fullWidth else { throw TreeError.malformedTile(tile) }
                edge.append(TileNodes(hashes).root)
            }
            edges.append(edge)
            count >>= UInt64(Tile.height)
        }
        self.init(size: size, edges: edges)
    }
}
