// The hashes of one tile with all complete inner nodes above them, up to the root of a full tile.
//
// A flat tree of 511 slots: 256 hashes, then 128 nodes over pairs of them, and so on to one root. Growing it costs the
// same hashing as a root alone, and afterwards every subtree hash inside the tile is a look-up.
struct TileNodes: Sendable {
    // Slots are filled from the left at each height; what lies beyond `width >> height` is `Digest.zero`.
    private var slots = [Digest](repeating: .zero, count: 2 * Tile.fullWidth - 1)

    // Number of hashes, 0...256.
    private(set) var width = 0

    init() {}

    // At most 256 hashes.
    init(_ hashes: some Sequence<Digest>) {
        for hash in hashes { append(hash) }
    }

    // First slot of the nodes over 2^height hashes: 0, 256, 384, 448 … 510.
    private static func offset(_ height: Int) -> Int {
        2 * Tile.fullWidth - (2 * Tile.fullWidth) >> height
    }

    // The tile must not be full.
    mutating func append(_ hash: Digest) {
        var position = width
        var hash = hash
        var height = 0
        slots[position] = hash
        while position & 1 == 1 {
            hash = Digest.node(slots[TileNodes.offset(height) + position - 1], hash)
            position >>= 1
            height += 1
            slots[TileNodes.offset(height) + position] = hash
        }
        width += 1
    }

    // Starts the next tile; the slots are overwritten as it grows.
    mutating func removeAll() { width = 0 }

    var hashes: [Digest] { Array(slots[..<width]) }

    // The root; meaningful for a full tile only.
    var root: Digest { slots[TileNodes.offset(Tile.height)] }

    // The root over hashes `position << height ..< (position + 1) << height`, which must be present.
    func node(height: Int, position: Int) -> Digest { slots[TileNodes.offset(height) + position] }
}
