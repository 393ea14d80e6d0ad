import Ledger
import Testing

extension Tile {
    /// A full tile whose level the test knows to be allowed.
    init(checked level: Int, _ index: UInt64) {
        self = Tile(level: level, index: index) ?? Tile.tiles(forSize: 1)[0]
    }
}

@Suite struct TileTests {
    static let paths: [(Int, UInt64, Int, String)] = [
        (0, 0, 256, "tile/0/000"),
        (0, 999, 256, "tile/0/999"),
        (3, 1000, 256, "tile/3/x001/000"),
        (0, 1_234_067, 256, "tile/0/x001/x234/067"),
        (63, 1_234_067, 1, "tile/63/x001/x234/067.p/1"),
        (10, 5, 255, "tile/10/005.p/255"),
        (0, .max, 256, "tile/0/x018/x446/x744/x073/x709/x551/615"),
    ]

    @Test(arguments: paths) func pathsRoundTrip(level: Int, index: UInt64, width: Int, path: String) throws {
        let tile = try #require(Tile(level: level, index: index, width: width))
        #expect(tile.path == path)
        #expect(Tile(path: path) == tile)
        let bundle = try #require(Tile(level: 0, index: index, width: width))
        #expect(Tile(entriesPath: bundle.entriesPath) == bundle)
        #expect(Tile(path: bundle.entriesPath) == nil)
        #expect(Tile(entriesPath: path) == nil)
    }

    @Test func randomPathsRoundTrip() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            let index = UInt64.random(in: 0...UInt64.max, using: &random) >> UInt64.random(in: 0..<64, using: &random)
            let level = Int.random(in: 0...63, using: &random)
            let tile = try #require(Tile(level: level, index: index, width: Int.random(in: 1...256, using: &random)))
            #expect(Tile(path: tile.path) == tile, "seed \(seed)")
        }
    }

    @Test(arguments: [
        "", "tile", "tile/", "tile/0", "tile/0/", "/tile/0/000", "tile/0/000/", "tile//000", "tile/00/000",
        "tile/01/000", "tile/64/000", "tile/-1/000", "tile/+1/000", "tile/0/0", "tile/0/00", "tile/0/0000",
        "tile/0/x000", "tile/0/x000/000", "tile/0/x000/001", "tile/0/001/000", "tile/0/x01/000", "tile/0/x0001/000",
        "tile/0/x001/x000", "tile/0/X001/000", "tile/0/x001x/000", "tile/0/00a", "tile/0/ 00", "tile/0/000.p",
        "tile/0/000.p/", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000.p/-1",
        "tile/0/000.p/1/", "tile/0/000.p/1.p/1", "tile/0/.p/1", "tile/0/000/1",
        "tile/0/x018/x446/x744/x073/x709/x551/616",
        "tile/0/x999/x018/x446/x744/x073/x709/x551/615", "tile/a/000", "tile/entries", "tile/data/000", "tiles/0/000",
        "tile/0/\u{661}00", "tile/8/0/000", "tile/0/000.q/1",
    ]) func otherSpellingsAreRefused(path: String) {
        #expect(Tile(path: path) == nil)
        let place = path.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        if place.count == 3, place[1] == "0", place[0] == "tile" {
            #expect(Tile(entriesPath: "tile/entries/" + place[2]) == nil)
        }
    }

    @Test func impossibleTilesAreRefused() {
        #expect(Tile(level: -1, index: 0) == nil)
        #expect(Tile(level: 64, index: 0) == nil)
        #expect(Tile(level: 0, index: 0, width: 0) == nil)
        #expect(Tile(level: 0, index: 0, width: 257) == nil)
    }

    @Test func tilesOfASize() {
        #expect(Tile.tiles(forSize: 0).isEmpty)
        #expect(Tile.tiles(forSize: 256).map(\.path) == ["tile/0/000", "tile/1/000.p/1"])
        let tiles = Tile.tiles(forSize: 70_000)
        #expect(tiles.count == 273 + 1 + 1 + 1 + 1)
        #expect(tiles.suffix(4).map(\.path) == ["tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"])
    }

    @Test func tilesThatAGrowingTreeNeeds() {
        #expect(Tile.tiles(from: 5, to: 5).isEmpty)
        #expect(Tile.tiles(from: 6, to: 5).isEmpty)
        #expect(Tile.tiles(from: 255, to: 257).map(\.path) == ["tile/0/000", "tile/0/001.p/1", "tile/1/000.p/1"])
        #expect(Tile.tiles(from: 256, to: 257).map(\.path) == ["tile/0/001.p/1"])
        // Step by step all the tiles of the last size are seen.
        var seen: Set<Tile> = []
        for size in UInt64(0)..<70_000 where size % 7 == 0 { seen.formUnion(Tile.tiles(from: size, to: size + 7)) }
        #expect(seen.isSuperset(of: Tile.tiles(forSize: 70_000)))
    }
}
