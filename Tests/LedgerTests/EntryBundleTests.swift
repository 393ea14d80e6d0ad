import Ledger
import Testing

@Suite struct EntryBundleTests {
    @Test func bundlesRoundTrip() throws {
        let large = [UInt8](repeating: 9, count: EntryBundle.maximumEntryBytes)
        let entries: [[UInt8]] = [[], [1], [2, 3], large, []]
        let bundle = try EntryBundle.encode(entries)
        #expect(bundle.prefix(9) == [0, 0, 0, 1, 1, 0, 2, 2, 3])
        #expect(try EntryBundle.decode(bundle) == entries)
        #expect(try EntryBundle.ranges(in: bundle).map { Array(bundle[$0]) } == entries)
        #expect(try EntryBundle.decode(EntryBundle.encode([[]])) == [[]])
    }

    @Test func whatDoesNotFitIsRefused() throws {
        let tooLarge = [UInt8](repeating: 9, count: EntryBundle.maximumEntryBytes + 1)
        #expect(throws: EntryBundleError.entryTooLarge(65_536)) { try EntryBundle.encode([tooLarge]) }
        #expect(throws: EntryBundleError.wrongCount(0)) { try EntryBundle.encode([]) }
        #expect(throws: EntryBundleError.wrongCount(257)) {
            try EntryBundle.encode([[UInt8]](repeating: [], count: 257))
        }
        #expect(throws: EntryBundleError.wrongCount(0)) { try EntryBundle.decode([]) }
        #expect(throws: EntryBundleError.wrongCount(257)) {
            try EntryBundle.decode([UInt8](repeating: 0, count: 2 * 257))
        }
        let bundle = try EntryBundle.encode([[1, 2], [3]])
        for count in 1..<bundle.count where count != 4 {
            #expect(throws: EntryBundleError.truncated(entry: count < 4 ? 0 : 1)) {
                try EntryBundle.decode(Array(bundle.prefix(count)))
            }
        }
    }
}
