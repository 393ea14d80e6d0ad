import Ledger
import Testing

@Suite struct MerkleTreeTests {
    /// The inputs of RFC 6962's reference implementation and their roots.
    static let reference: [(size: Int, root: String)] = [
        (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        (2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
        (3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
        (7, "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"),
        (8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
    ]

    static let referenceInputs: [[UInt8]] = [
        [], [0x00], [0x10], [0x20, 0x21], [0x30, 0x31], [0x40, 0x41, 0x42, 0x43], Array(0x50...0x57),
        Array(0x60...0x6f),
    ]

    @Test(arguments: reference) func referenceRoots(size: Int, root: String) {
        var tree = MerkleTree()
        for input in Self.referenceInputs.prefix(size) { tree.append(.leaf(input)) }
        #expect(tree.root.description == root)
        #expect(tree.size == UInt64(size))
    }

    @Test func rootsEqualTheSlowOnes() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        let sizes = Set(
            (0..<40).map { _ in Int.random(in: 0...3000, using: &random) } + [255, 256, 257, 511, 512, 513])
        var grown = GrownTree(size: 0)
        for size in sizes.sorted() {
            while grown.leaves.count < size { grown.append(leafHash(grown.leaves.count)) }
            #expect(grown.tree.root == grown.slow.root(size: size), "size \(size), seed \(seed)")
        }
    }

    @Test func tilesAreHandedOutInOrderAndRight() {
        let size = 65_536 + 256 + 3
        var tree = MerkleTree()
        var handed: [(Tile, [Digest])] = []
        var leaves: [Digest] = []
        for number in 0..<size {
            leaves.append(leafHash(number))
            tree.append(leaves[number]) { handed.append(($0, $1)) }
        }
        let expected = Tile.tiles(forSize: UInt64(size)).filter(\.isFull)
        #expect(Set(handed.map(\.0)) == Set(expected))
        #expect(handed.count == expected.count)
        let slow = SlowTree(leaves: leaves)
        let levelZero = handed.filter { $0.0.level == 0 }
        #expect(levelZero.map(\.0.index) == Array(0..<257))
        for (tile, hashes) in levelZero {
            let first = Int(tile.index) * 256
            #expect(hashes == Array(leaves[first..<first + 256]))
        }
        let levelOne = handed.first { $0.0.level == 1 }
        #expect(levelOne?.1 == (0..<256).map { slow.root($0 * 256..<($0 + 1) * 256) })
        #expect(tree.partialTiles.map(\.tile) == Tile.tiles(forSize: UInt64(size)).filter { !$0.isFull })
        #expect(tree.partialTile(level: 0) == Array(leaves.suffix(3)))
        #expect(tree.partialTile(level: 1) == [slow.root(65_536..<65_792)])
        #expect(tree.partialTile(level: 2) == [slow.root(0..<65_536)])
        #expect(tree.partialTile(level: 3).isEmpty)
        #expect(tree.partialTile(level: -1).isEmpty)
    }

    @Test func aRestoredTreeIsTheGrownOne() throws {
        var grown = GrownTree(size: 0)
        for size in 0...1100 {
            try expectRestored(grown)
            grown.append(leafHash(size))
        }
    }

    @Test(arguments: [65_535, 65_536, 65_537, 66_000]) func aRestoredLargeTreeGrowsOn(size: Int) throws {
        try expectRestored(GrownTree(size: size))
    }

    private func expectRestored(_ grown: GrownTree) throws {
        let size = grown.leaves.count
        let last = Array(grown.leaves.suffix(size % 256))
        var restored = try MerkleTree(size: UInt64(size), lastLeaves: last, reader: grown.tiles)
        #expect(restored.size == grown.tree.size)
        #expect(restored.root == grown.tree.root, "size \(size)")
        for level in 0...3 { #expect(restored.partialTile(level: level) == grown.tree.partialTile(level: level)) }
        var other = grown.tree
        var tiles: [[Tile: [Digest]]] = [[:], [:]]
        for number in 0..<300 {
            restored.append(leafHash(number)) { tiles[0][$0] = $1 }
            other.append(leafHash(number)) { tiles[1][$0] = $1 }
        }
        #expect(restored.root == other.root)
        #expect(tiles[0] == tiles[1])
    }

    @Test func restoringRefusesWhatDoesNotFit() {
        let grown = GrownTree(size: 600)
        #expect(throws: TreeError.wrongLeafCount(expected: 88, found: 87)) {
            try MerkleTree(size: 600, lastLeaves: Array(grown.leaves.suffix(87)), reader: grown.tiles)
        }
        #expect(throws: MemoryTiles.Missing.self) {
            try MerkleTree(size: 600, lastLeaves: Array(grown.leaves.suffix(88)), reader: MemoryTiles())
        }
        struct ShortTiles: TileReader {
            func fullTile(level: Int, index: UInt64) -> [Digest] { [] }
        }
        #expect(throws: TreeError.malformedTile(Tile(checked: 0, 0))) {
            try MerkleTree(size: 600, lastLeaves: Array(grown.leaves.suffix(88)), reader: ShortTiles())
        }
    }
}
