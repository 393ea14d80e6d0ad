import Ledger
import Testing

@Suite struct TreeHashesTests {
    @Test func everyInclusionProofOfSmallTrees() throws {
        let grown = GrownTree(size: 70)
        for size in 1...70 {
            let root = grown.slow.root(size: size)
            #expect(try grown.hashes.root(size: UInt64(size)) == root)
            for index in 0..<size {
                let proof = try grown.hashes.inclusionProof(index: UInt64(index), size: UInt64(size))
                #expect(proof == grown.slow.inclusionProof(index: index, size: size), "\(index) in \(size)")
                try ProofVerification.verifyInclusion(
                    leafHash: grown.leaves[index], index: UInt64(index), size: UInt64(size), proof: proof, root: root)
            }
        }
    }

    @Test func everyConsistencyProofOfSmallTrees() throws {
        let grown = GrownTree(size: 70)
        let roots = (0...70).map { grown.slow.root(size: $0) }
        for newSize in 1...70 {
            for oldSize in 1...newSize {
                let proof = try grown.hashes.consistencyProof(from: UInt64(oldSize), to: UInt64(newSize))
                #expect(proof == grown.slow.consistencyProof(from: oldSize, to: newSize), "\(oldSize) to \(newSize)")
                try ProofVerification.verifyConsistency(
                    oldSize: UInt64(oldSize), newSize: UInt64(newSize), oldRoot: roots[oldSize],
                    newRoot: roots[newSize], proof: proof)
            }
        }
        #expect(try grown.hashes.consistencyProof(from: 0, to: 70).isEmpty)
    }

    /// Sizes around the tile borders of two levels, all proved from the largest tree.
    @Test func proofsAtTileBordersOfAnOlderSize() throws {
        let grown = GrownTree(size: 66_100)
        let slow = grown.slow
        let hashes = grown.hashes
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        let borders = [255, 256, 257, 511, 512, 513, 65_279, 65_280, 65_535, 65_536, 65_537, 65_792, 66_100]
        let sizes = (borders + (0..<6).map { _ in Int.random(in: 1...66_100, using: &random) }).sorted()
        var roots: [Int: Digest] = [:]
        for size in sizes {
            let root = slow.root(size: size)
            roots[size] = root
            #expect(try hashes.root(size: UInt64(size)) == root, "size \(size), seed \(seed)")
            let indices = [0, size / 2, size - 1] + (0..<40).map { _ in Int.random(in: 0..<size, using: &random) }
            for index in indices {
                let proof = try hashes.inclusionProof(index: UInt64(index), size: UInt64(size))
                #expect(try hashes.leaf(index: UInt64(index)) == grown.leaves[index])
                #expect(throws: Never.self, "\(index) in \(size), seed \(seed)") {
                    try ProofVerification.verifyInclusion(
                        leafHash: grown.leaves[index], index: UInt64(index), size: UInt64(size), proof: proof,
                        root: root)
                }
            }
        }
        for oldSize in sizes {
            for newSize in sizes where newSize >= oldSize {
                let proof = try hashes.consistencyProof(from: UInt64(oldSize), to: UInt64(newSize))
                let (oldRoot, newRoot) = (try #require(roots[oldSize]), try #require(roots[newSize]))
                #expect(throws: Never.self, "\(oldSize) to \(newSize), seed \(seed)") {
                    try ProofVerification.verifyConsistency(
                        oldSize: UInt64(oldSize), newSize: UInt64(newSize), oldRoot: oldRoot, newRoot: newRoot,
                        proof: proof)
                }
            }
        }
    }

    @Test func aCacheOfOneTileAnswersTheSame() throws {
        let grown = GrownTree(size: 2000)
        let small = TreeHashes(tree: grown.tree, reader: grown.tiles, cache: TileCache(limit: 1))
        for index in stride(from: UInt64(0), to: 1999, by: 13) {
            let proof = try small.inclusionProof(index: index, size: 1999)
            #expect(try proof == grown.hashes.inclusionProof(index: index, size: 1999))
        }
    }

    @Test func theTilesUsedLastAreNotReadAgain() throws {
        let grown = GrownTree(size: 256 * 6 + 1)
        let reader = CountingTiles(tiles: grown.tiles)
        let hashes = TreeHashes(tree: grown.tree, reader: reader, cache: TileCache(limit: 2))
        func readsToProve(_ tiles: [UInt64]) throws -> Int {
            let before = reader.reads
            for tile in tiles { _ = try hashes.inclusionProof(index: tile * 256 + 7, size: grown.tree.size) }
            return reader.reads - before
        }
        #expect(try readsToProve([0, 1, 2]) == 3)
        #expect(try readsToProve([2, 1, 2, 1]) == 0)
        #expect(try readsToProve([3, 4, 5, 4, 5]) == 3)
        #expect(try readsToProve([0]) == 1)
    }

    @Test func whatLiesBeyondTheTreeIsRefused() {
        let hashes = GrownTree(size: 300).hashes
        #expect(throws: TreeError.outOfRange) { try hashes.root(size: 301) }
        #expect(throws: TreeError.outOfRange) { try hashes.leaf(index: 300) }
        #expect(throws: TreeError.outOfRange) { try hashes.inclusionProof(index: 0, size: 301) }
        #expect(throws: TreeError.outOfRange) { try hashes.inclusionProof(index: 10, size: 10) }
        #expect(throws: TreeError.outOfRange) { try hashes.inclusionProof(index: 0, size: 0) }
        #expect(throws: TreeError.outOfRange) { try hashes.consistencyProof(from: 11, to: 10) }
        #expect(throws: TreeError.outOfRange) { try hashes.consistencyProof(from: 1, to: UInt64.max) }
    }

    @Test func aShortTileIsRefused() throws {
        let grown = GrownTree(size: 600)
        let tile = Tile(checked: 0, 1)
        var tiles = grown.tiles
        tiles.full[tile]?.removeLast()
        let hashes = TreeHashes(tree: grown.tree, reader: tiles)
        #expect(throws: TreeError.malformedTile(tile)) { try hashes.inclusionProof(index: 300, size: 600) }
    }
}

private final class CountingTiles: TileReader {
    private let tiles: MemoryTiles
    private(set) var reads = 0

    init(tiles: MemoryTiles) { self.tiles = tiles }

    func fullTile(level: Int, index: UInt64) throws -> [Digest] {
        reads += 1
        return try tiles.fullTile(level: level, index: index)
    }
}
