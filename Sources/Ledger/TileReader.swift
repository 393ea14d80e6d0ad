/// Reads full tiles, from wherever the owner of a log keeps them.
public protocol TileReader {
    /// The 256 hashes of a full tile; throws when it cannot be read. Called for full tiles within the tree only.
    func fullTile(level: Int, index: UInt64) throws -> [Digest]
}

/// Why hashes of a tree could not be told.
public enum TreeError: Error, Equatable {
    /// The last partial tile must hold exactly the leaves that the size implies.
    case wrongLeafCount(expected: Int, found: Int)
    /// A reader gave a full tile that does not hold 256 hashes.
    case malformedTile(Tile)
    /// The index or a size lies beyond the tree that is known.
    case outOfRange
}
