import Storage
import StorageTesting
import Testing

@testable import Operations

/// The index of seen keys against a dictionary: random keys, equal keys, small runs, their merge, and a new start.
@Suite struct KeyIndexTests {
    private let seed = UInt64.random(in: 0...UInt64.max)

    @Test func everyKeyIsFoundAtAnyAge() throws {
        var random = Seeded(seed)
        let store = MemoryStore()
        var index = KeyIndex()
        var model: [UInt64: [UInt64]] = [:]
        var next: UInt64 = 0
        // Nine tables full: eight make a large run, read page by page; the ninth stays small; the rest is in memory.
        let total = UInt64(Limits.keysInMemory * 9 + 5000)
        var flushes = 0
        while next < total {
            var batch = StoredBatch(first: next)
            let count = min(4096, total - next)
            for offset in 0..<count {
                let key: UInt64
                switch random.next() % 4096 {
                case 0: key = random.next() % 8  // the same few keys again and again, at the very bottom
                case 1: key = .max - random.next() % 3
                default: key = random.next()
                }
                index.insert(key, index: next + offset)
                // Of the random keys some are remembered, of those that repeat all; the whole would take long.
                if offset % 512 == 0 || key < 8 || key > .max - 3 {
                    model[key, default: []].append(next + offset)
                }
            }
            next += count
            // The index looks at keys and sizes only.
            batch.facts = Array(repeating: StoreSamples.fact(0, bodyCount: 0), count: Int(count))
            if let (run, replaced) = index.flushIfFull(upTo: next) {
                batch.keyRun = (run.stored, run.pages)
                batch.replacedKeyRuns = replaced
                flushes += 1
            }
            try store.append(batch)
            index.noteCommitted(store.size)
        }
        #expect(flushes == 9)
        let runs = try store.keyRuns()
        #expect(runs.count == 2)
        #expect(runs.first?.facts.lowerBound == 0)
        #expect(runs.first?.facts.upperBound == runs.last?.facts.lowerBound)
        try check(index, model, store)

        // A new start: runs from the store, the tail inserted again.
        var again = try KeyIndex(runs: runs, store: store)
        #expect(again.covered == index.covered)
        for (key, indices) in model {
            for position in indices where position >= again.covered { again.insert(key, index: position) }
        }
        try check(again, model, store)
        try checkStrangers(index, store, &random)
    }

    private func check(_ index: KeyIndex, _ model: [UInt64: [UInt64]], _ store: MemoryStore) throws {
        for (key, indices) in model {
            let found = try index.find(key, in: store)
            guard Set(found) != Set(indices) || found.count != indices.count else { continue }
            Issue.record("key \(key), seed \(seed): \(found) instead of \(indices)")
        }
    }

    /// A stranger must be told as such, and seldom cost a read.
    private func checkStrangers(_ index: KeyIndex, _ store: MemoryStore, _ random: inout Seeded) throws {
        let counted = FaultyStore(store)
        let strangers = 10_000
        var reading = 0
        for _ in 0..<strangers {
            let before = counted.count(of: .keyPage)
            let found = try index.find(random.next(), in: counted)
            if !found.isEmpty { Issue.record("a stranger is found, seed \(seed)") }
            if counted.count(of: .keyPage) > before { reading += 1 }
        }
        #expect(reading < strangers / 100, "seed \(seed)")
    }

    @Test func aRunIsReadBackAsItWasWritten() throws {
        var random = Seeded(seed)
        // One entry, exactly one page, a page and one more; keys all equal, so that they span pages.
        for count in [1, 2, 1024, 1025, 3000] {
            for isEqual in [false, true] {
                let entries = (0..<UInt64(count)).map {
                    KeyRun.Entry(key: isEqual ? 7 : random.next(), index: 100 + $0)
                }.sorted()
                let run = KeyRun(id: 5, facts: 100..<100 + UInt64(count), sorted: entries)
                let store = MemoryStore()
                var batch = StoredBatch(first: 0)
                batch.keyRun = (run.stored, run.pages)
                try store.append(batch)
                let loaded = try KeyRun(#require(try store.keyRuns().first))
                #expect(try loaded.load(from: store) == entries)
                for entry in entries.prefix(50) + entries.suffix(50) {
                    let expected = isEqual ? entries.map(\.index) : [entry.index]
                    #expect(try loaded.find(entry.key, in: store) == expected, "\(count), seed \(seed)")
                    #expect(loaded.filter.mayContain(entry.key))
                }
                for key in [0, 6, 8, UInt64.max] where !entries.contains(where: { $0.key == key }) {
                    #expect(try loaded.find(key, in: store).isEmpty)
                }
            }
        }
    }

    @Test func theFilterSeldomErrs() throws {
        var random = Seeded(seed)
        var filter = KeyFilter(keyCount: 50_000)
        let keys = (0..<50_000).map { _ in random.next() }
        for key in keys { filter.insert(key) }
        #expect(keys.allSatisfy(filter.mayContain), "seed \(seed)")
        let alarms = (0..<100_000).count { _ in filter.mayContain(random.next()) }
        #expect(alarms < 1000, "\(alarms) false alarms of 100,000, seed \(seed)")
        let again = try #require(KeyFilter(bytes: filter.bytes))
        #expect(keys.allSatisfy(again.mayContain))
        #expect(again.bytes == filter.bytes)
        #expect(KeyFilter(bytes: []) == nil)
        #expect(KeyFilter(bytes: [1, 2, 3]) == nil)
    }

    @Test func aRunThatDoesNotFollowIsRefused() throws {
        let store = MemoryStore()
        let stored = [
            StoredKeyRun(id: 1, facts: 0..<0, pageCount: 0, filter: [UInt8](repeating: 0, count: 64)),
            StoredKeyRun(id: 2, facts: 5..<6, pageCount: 0, filter: [UInt8](repeating: 0, count: 64)),
        ]
        #expect(throws: StoreError.self) { try KeyIndex(runs: stored, store: store) }
    }
}
