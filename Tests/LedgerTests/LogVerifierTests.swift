import Ledger
import Testing

@Suite struct LogVerifierTests {
    @Test(arguments: [0, 1, 2, 255, 256, 257, 511, 512, 1000]) func logsVerify(size: Int) throws {
        let log = try LogFixture(size: size)
        #expect(try log.verify().size == UInt64(size))
    }

    @Test func aLogWithThreeLevelsVerifies() throws {
        var log = try LogFixture(size: 65_536 + 300)
        try log.verify()
        log.resources["tile/1/000"]?[32 * 200] ^= 1
        #expect(throws: LogVerificationError.hashDiffers(path: "tile/1/000", index: 200)) { try log.verify() }
        log.resources["tile/1/000"]?[32 * 200] ^= 1
        log.resources["tile/2/000.p/1"]?[0] ^= 1
        #expect(throws: LogVerificationError.hashDiffers(path: "tile/2/000.p/1", index: 0)) { try log.verify() }
    }

    @Test func anyFlippedByteIsRefused() throws {
        let log = try LogFixture(size: 5)
        for (path, bytes) in log.resources {
            for at in bytes.indices {
                var damaged = log
                damaged.resources[path]?[at] ^= 1
                #expect(throws: LogVerificationError.self, "\(path), byte \(at)") { try damaged.verify() }
            }
            for changed in [[], Array(bytes.dropLast()), bytes + [0], bytes + bytes] {
                var damaged = log
                damaged.resources[path] = changed
                #expect(throws: LogVerificationError.self, "\(path)") { try damaged.verify() }
            }
        }
    }

    @Test func theFirstDifferenceIsNamed() throws {
        var log = try LogFixture(size: 600)
        // The last byte of entry 300 lies before the length of entry 301.
        let at = try EntryBundle.ranges(in: #require(log.resources["tile/entries/001"]))[300 - 256].upperBound - 1
        log.resources["tile/entries/001"]?[at] ^= 1
        log.resources["tile/0/002.p/88"]?[0] ^= 1
        #expect(throws: LogVerificationError.hashDiffers(path: "tile/0/001", index: 300)) { try log.verify() }
        log.resources["tile/entries/001"]?[at] ^= 1
        #expect(throws: LogVerificationError.hashDiffers(path: "tile/0/002.p/88", index: 512)) { try log.verify() }
        log.resources["tile/0/002.p/88"]?[0] ^= 1
        log.resources["tile/1/000.p/2"]?[33] ^= 1
        #expect(throws: LogVerificationError.hashDiffers(path: "tile/1/000.p/2", index: 1)) { try log.verify() }
    }

    @Test func everyResourceIsNeeded() throws {
        let log = try LogFixture(size: 600)
        for path in log.resources.keys {
            var damaged = log
            damaged.resources[path] = nil
            #expect(throws: LogVerificationError.missing(path: path)) { try damaged.verify() }
        }
    }

    @Test func shapesAreTyped() throws {
        let log = try LogFixture(size: 300)
        var damaged = log
        damaged.resources["tile/entries/000"] = try EntryBundle.encode((0..<255).map(entry))
        #expect(
            throws: LogVerificationError.wrongEntryCount(path: "tile/entries/000", expected: 256, found: 255)
        ) { try damaged.verify() }
        damaged = log
        damaged.resources["tile/entries/000"]?.removeLast()
        #expect(
            throws: LogVerificationError.malformedBundle(path: "tile/entries/000", .truncated(entry: 255))
        ) { try damaged.verify() }
        damaged = log
        damaged.resources["tile/0/000"]?.removeLast()
        #expect(
            throws: LogVerificationError.wrongTileLength(path: "tile/0/000", expected: 8192, found: 8191)
        ) { try damaged.verify() }
    }

    @Test func theSignedStateMustBeTheComputedOne() throws {
        var log = try LogFixture(size: 300)
        let right = log.grown.tree.root
        try log.sign(size: 300, root: leafHash(1))
        #expect(throws: LogVerificationError.rootDiffers(signed: leafHash(1), computed: right)) { try log.verify() }
        for size in [UInt64(299), 301] {
            try log.sign(size: size, root: right)
            #expect(throws: LogVerificationError.self) { try log.verify() }
        }
        try log.sign(size: 300, root: right, origin: "log.example/other")
        #expect(throws: LogVerificationError.checkpoint(.wrongOrigin("log.example/other"))) { try log.verify() }
    }

    /// A log may delete a partial tile once the full one exists; older checkpoints stay verifiable.
    @Test func fullTilesStandInForPartialOnes() throws {
        var log = try LogFixture(size: 512)
        try log.sign(size: 300, root: log.grown.hashes.root(size: 300))
        log.resources["tile/1/000.p/1"] = log.resources["tile/1/000.p/2"].map { Array($0.prefix(32)) }
        #expect(try log.verify().size == 300)
    }
}
