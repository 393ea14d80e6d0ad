import Ledger

/// RFC 6962 section 2.1 written down as it stands there: the oracle for everything faster.
struct SlowTree {
    let leaves: [Digest]

    func root(_ range: Range<Int>) -> Digest {
        if range.isEmpty { return .emptyRoot }
        if range.count == 1 { return leaves[range.lowerBound] }
        let split = middle(range)
        return .node(root(range.lowerBound..<split), root(split..<range.upperBound))
    }

    func root(size: Int) -> Digest { root(0..<size) }

    func inclusionProof(index: Int, size: Int) -> [Digest] { path(index, 0..<size) }

    func consistencyProof(from oldSize: Int, to newSize: Int) -> [Digest] {
        subproof(oldSize, 0..<newSize, known: true)
    }

    /// The proof that a subtree belongs to the tree of `size` leaves: the recursion of consistency, started anywhere.
    func subtreeProof(of subtree: Range<Int>, size: Int) -> [Digest] {
        subtreeProof(of: subtree, in: 0..<size, known: true)
    }

    private func subtreeProof(of subtree: Range<Int>, in range: Range<Int>, known: Bool) -> [Digest] {
        if subtree == range { return known ? [] : [root(range)] }
        let split = middle(range)
        let (left, right) = (range.lowerBound..<split, split..<range.upperBound)
        if subtree.upperBound <= split { return subtreeProof(of: subtree, in: left, known: known) + [root(right)] }
        if split <= subtree.lowerBound { return subtreeProof(of: subtree, in: right, known: known) + [root(left)] }
        return subtreeProof(of: split..<subtree.upperBound, in: right, known: false) + [root(left)]
    }

    private func path(_ index: Int, _ range: Range<Int>) -> [Digest] {
        if range.count == 1 { return [] }
        let split = middle(range)
        return index < split
            ? path(index, range.lowerBound..<split) + [root(split..<range.upperBound)]
            : path(index, split..<range.upperBound) + [root(range.lowerBound..<split)]
    }

    private func subproof(_ oldSize: Int, _ range: Range<Int>, known: Bool) -> [Digest] {
        if oldSize == range.upperBound { return known ? [] : [root(range)] }
        let split = middle(range)
        return oldSize <= split
            ? subproof(oldSize, range.lowerBound..<split, known: known) + [root(split..<range.upperBound)]
            : subproof(oldSize, split..<range.upperBound, known: false) + [root(range.lowerBound..<split)]
    }

    private func middle(_ range: Range<Int>) -> Int {
        var half = 1
        while half * 2 < range.count { half *= 2 }
        return range.lowerBound + half
    }
}

/// A tree that grew here, with every full tile it handed out.
struct GrownTree {
    private(set) var tree = MerkleTree()
    private(set) var tiles = MemoryTiles()
    private(set) var leaves: [Digest] = []

    init(size: Int) {
        for number in 0..<size { append(leafHash(number)) }
    }

    mutating func append(_ leaf: Digest) {
        leaves.append(leaf)
        tree.append(leaf) { tiles.full[$0] = $1 }
    }

    var slow: SlowTree { SlowTree(leaves: leaves) }
    var hashes: TreeHashes<MemoryTiles> { TreeHashes(tree: tree, reader: tiles) }
}

struct MemoryTiles: TileReader {
    struct Missing: Error {}

    var full: [Tile: [Digest]] = [:]

    func fullTile(level: Int, index: UInt64) throws -> [Digest] {
        guard let tile = Tile(level: level, index: index), let hashes = full[tile] else { throw Missing() }
        return hashes
    }
}

/// The entry of a test log, and its leaf hash.
func entry(_ number: Int) -> [UInt8] { Array("entry \(number)".utf8) }
func leafHash(_ number: Int) -> Digest { .leaf(entry(number)) }

/// SplitMix64: the same numbers for the same seed everywhere.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }
}
