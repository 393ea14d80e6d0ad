/// The name of one tile of the tree: up to 256 consecutive hashes of one level (C2SP tlog-tiles, height 8).
///
/// Hash `i` of tile (level `l`, index `n`) is the root of the leaves `(n·256+i)·256^l ..< (n·256+i+1)·256^l`.
public struct Tile: Hashable, Sendable {
    /// Hashes in a full tile.
    public static let fullWidth = 256

    /// Highest level that a path may name (tlog-tiles).
    public static let maximumLevel = 63

    // Binary levels that one tile spans.
    static let height = 8

    /// Level of the tile's hashes, 0...63; level 0 holds leaf hashes.
    public let level: Int

    /// Position of the tile within its level, from 0.
    public let index: UInt64

    /// Number of hashes, 1...256; less than 256 is a partial tile at the right edge.
    public let width: Int

    /// Nil when the level is outside 0...63 or the width outside 1...256.
    public init?(level: Int, index: UInt64, width: Int = Tile.fullWidth) {
        guard (0...Tile.maximumLevel).contains(level), (1...Tile.fullWidth).contains(width) else { return nil }
        self.init(checkedLevel: level, index: index, width: width)
    }

    // For callers whose level and width are in range by construction.
    init(checkedLevel level: Int, index: UInt64, width: Int) {
        self.level = level
        self.index = index
        self.width = width
    }

    /// Whether the tile holds all of its 256 hashes and never changes again.
    public var isFull: Bool { width == Tile.fullWidth }

    /// The full tile at the same place.
    public var full: Tile { Tile(checkedLevel: level, index: index, width: Tile.fullWidth) }

    /// All tiles that must exist in a tree of `size` leaves: per level the full ones and at most one partial.
    public static func tiles(forSize size: UInt64) -> [Tile] { tiles(from: 0, to: size) }

    /// The tiles that are new or wider when a tree grows from `oldSize` to `newSize` leaves, lowest level first.
    ///
    /// Empty when `newSize` is not larger.
    public static func tiles(from oldSize: UInt64, to newSize: UInt64) -> [Tile] {
        guard oldSize < newSize else { return [] }
        var tiles: [Tile] = []
        for level in 0..<UInt64.bitWidth / height {
            let oldCount = oldSize >> UInt64(height * level)
            let newCount = newSize >> UInt64(height * level)
            if oldCount == newCount { continue }
            for index in oldCount / 256..<newCount / 256 {
                tiles.append(Tile(checkedLevel: level, index: index, width: fullWidth))
            }
            let width = Int(newCount % 256)
            if width > 0 { tiles.append(Tile(checkedLevel: level, index: newCount / 256, width: width)) }
        }
        return tiles
    }
}
