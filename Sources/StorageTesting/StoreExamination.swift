import Dispatch
import Storage
import Synchronization

/// One fresh store under examination.
struct StoreExamination {
    private(set) var store: any FactStore
    private let reopen: () throws -> any FactStore
    private(set) var breaches: [FactStoreConformance.Breach] = []

    init(_ place: FactStoreConformance.Place) {
        store = place.store
        reopen = place.reopen
    }

    mutating func note(_ clause: FactStoreConformance.Clause, _ seen: String) {
        breaches.append(FactStoreConformance.Breach(clause: clause, seen: seen))
    }

    private mutating func expect(_ holds: Bool, _ clause: FactStoreConformance.Clause, _ seen: String) {
        if !holds { note(clause, seen) }
    }

    private mutating func expectFailure(
        _ clause: FactStoreConformance.Clause, _ what: String, _ body: (any FactStore) throws -> Void
    ) {
        do {
            try body(store)
            note(clause, "\(what) is no error")
        } catch {}
    }

    private mutating func closeAndReopen() throws {
        try store.close()
        store = try reopen()
    }

    // MARK: The checks

    mutating func checkEmpty() throws {
        expect(store.size == 0, .order, "a fresh store has \(store.size) facts")
        expect(try store.facts(in: 0..<0).isEmpty, .faithfulness, "an empty range gives facts")
        expect(try store.privatePart(at: 0) == nil, .faithfulness, "a private part that nobody appended")
        expect(try store.tile(level: 0, index: 0) == nil, .faithfulness, "a tile that nobody appended")
        expect(try store.latestSnapshot() == nil, .faithfulness, "a snapshot that nobody appended")
        expect(try store.keyRuns().isEmpty, .faithfulness, "a key run that nobody appended")
        expect(try store.checkpoint() == nil, .faithfulness, "a checkpoint that nobody saved")
        try store.append(StoredBatch(first: 0))
        expect(store.size == 0, .order, "an empty batch makes \(store.size) facts")
        try closeAndReopen()
        expect(store.size == 0, .durability, "an empty store has \(store.size) facts after opening again")
    }

    mutating func checkRoundTrip() throws {
        let batches = StoreSamples.batches
        for batch in batches {
            try store.append(batch)
            expect(
                store.size == batch.first + UInt64(batch.facts.count), .order,
                "\(store.size) facts after a batch that ends at \(batch.first + UInt64(batch.facts.count))")
        }
        try compare(batches, .faithfulness)
        let bytes = batches.flatMap(\.facts).reduce(0) { $0 + $1.body.count }
        expect(try store.byteCount() >= UInt64(bytes), .faithfulness, "fewer bytes on disk than the bodies have")
        try closeAndReopen()
        try compare(batches, .durability)
        // And goes on where it ended.
        var next = StoredBatch(first: store.size)
        next.facts = [StoreSamples.fact(900)]
        try store.append(next)
        try compare(batches + [next], .durability)
    }

    private mutating func compare(_ batches: [StoredBatch], _ clause: FactStoreConformance.Clause) throws {
        let expected = batches.flatMap(\.facts)
        expect(store.size == UInt64(expected.count), clause, "\(store.size) facts of \(expected.count)")
        let found = try store.facts(in: 0..<UInt64(expected.count))
        expect(found.count == expected.count, clause, "\(found.count) facts of \(expected.count) come back")
        for (index, pair) in zip(expected, found).enumerated() where !StoreSamples.areSame(pair.0, pair.1) {
            note(clause, "fact \(index) came back changed")
        }
        if expected.count > 2 {
            let middle = try store.facts(in: 1..<UInt64(expected.count - 1))
            let isSame =
                middle.count == expected.count - 2
                && zip(expected.dropFirst(), middle).allSatisfy(StoreSamples.areSame)
            expect(isSame, clause, "a range within gives other facts")
        }
        for batch in batches {
            for (offset, _) in batch.facts.enumerated() {
                let index = batch.first + UInt64(offset)
                let expected = batch.privateParts.first { $0.index == index }
                expect(try store.privatePart(at: index) == expected, clause, "the private part of fact \(index)")
            }
            for tile in batch.tiles {
                expect(
                    try store.tile(level: tile.level, index: tile.index) == tile.hashes, clause,
                    "tile \(tile.index) of level \(tile.level)")
            }
        }
        expect(try store.tile(level: 3, index: 7) == nil, clause, "a tile that nobody appended")
    }

    mutating func checkOrder() throws {
        let (head, tail) = (StoreSamples.batches[0], StoreSamples.batches[1])
        try store.append(head)
        let size = store.size
        for first in [0, size - 1, size + 1, size + 1000] {
            var wrong = tail
            wrong.first = first
            wrong.privateParts = [StoredPrivatePart(index: first, person: "p", sealed: [9])]
            wrong.tiles = [StoredTile(level: 5, index: 5, hashes: [UInt8](repeating: 5, count: 8192))]
            wrong.keyRun = (StoredKeyRun(id: 77, facts: first..<first + 3, pageCount: 1, filter: [1]), [[1, 2, 3]])
            wrong.snapshot = StoredSnapshot(size: first, state: [7])
            do {
                try store.append(wrong)
                note(.order, "a batch at \(first) was taken where the log ends at \(size)")
                return
            } catch StoreError.outOfOrder(expected: size, found: first) {
            } catch {
                note(.order, "a batch at \(first) where the log ends at \(size) gives: \(error)")
            }
            expect(store.size == size, .order, "a refused batch made \(store.size) facts of \(size)")
            try compare([head], .atomicity)
            expect(try store.tile(level: 5, index: 5) == nil, .atomicity, "a refused batch left a tile")
            expect(try store.keyRuns().isEmpty, .atomicity, "a refused batch left a key run")
            expect(try store.latestSnapshot() == nil, .atomicity, "a refused batch left a snapshot")
        }
        try store.append(tail)
        try closeAndReopen()
        try compare([head, tail], .durability)
    }

    mutating func checkKeyRuns() throws {
        var batches: [StoredBatch] = []
        for number in 0..<3 {
            var batch = StoredBatch(first: UInt64(number * 2))
            batch.facts = [StoreSamples.fact(number * 2), StoreSamples.fact(number * 2 + 1)]
            let run = StoredKeyRun(
                id: Int64(number + 1), facts: batch.first..<batch.first + 2, pageCount: 3,
                filter: StoreSamples.bytes(640, seed: number))
            batch.keyRun = (run, (0..<3).map { StoreSamples.bytes(36 * ($0 + 1), seed: number * 10 + $0) })
            batches.append(batch)
            try store.append(batch)
        }
        try compareRuns(batches.compactMap(\.keyRun), .faithfulness)
        expectFailure(.faithfulness, "a page beyond the run's last") { _ = try $0.keyPage(run: 1, page: 3) }
        expectFailure(.faithfulness, "a page of a run that is not there") { _ = try $0.keyPage(run: 9, page: 0) }
        var merging = StoredBatch(first: 6)
        merging.facts = [StoreSamples.fact(6)]
        merging.keyRun = (
            StoredKeyRun(id: 4, facts: 0..<4, pageCount: 1, filter: StoreSamples.bytes(64, seed: 4)),
            [StoreSamples.bytes(48, seed: 44)]
        )
        merging.replacedKeyRuns = [1, 2]
        try store.append(merging)
        let standing = [merging.keyRun, batches[2].keyRun].compactMap(\.self)
        try compareRuns(standing, .faithfulness)
        expectFailure(.faithfulness, "a page of a replaced run") { _ = try $0.keyPage(run: 2, page: 0) }
        try closeAndReopen()
        try compareRuns(standing, .durability)
    }

    private mutating func compareRuns(
        _ expected: [(run: StoredKeyRun, pages: [[UInt8]])], _ clause: FactStoreConformance.Clause
    ) throws {
        expect(try store.keyRuns() == expected.map(\.run), clause, "the key runs, oldest first, are others")
        for (run, pages) in expected {
            for (number, page) in pages.enumerated() {
                expect(
                    try store.keyPage(run: run.id, page: number) == page, clause, "page \(number) of key run \(run.id)")
            }
        }
    }

    mutating func checkSnapshots() throws {
        for number in 0..<4 {
            var batch = StoredBatch(first: UInt64(number))
            // The last one comes alone, as when a district stops: no fact, a snapshot.
            if number < 3 { batch.facts = [StoreSamples.fact(number)] }
            let size = batch.first + UInt64(batch.facts.count)
            let snapshot = StoredSnapshot(size: size, state: StoreSamples.bytes(100_000, seed: number))
            batch.snapshot = snapshot
            try store.append(batch)
            expect(
                try store.latestSnapshot() == snapshot, .faithfulness, "the newest snapshot is not the last appended")
            expect(store.size == size, .order, "a snapshot made \(store.size) facts of \(size)")
        }
        let newest = try store.latestSnapshot()
        try closeAndReopen()
        expect(try store.latestSnapshot() == newest && newest != nil, .durability, "the snapshot is gone or changed")
    }

    mutating func checkCheckpoint() throws {
        for text in ["first\n1\n", "second 检查点\n2\n\n— name abc=\n"] {
            try store.save(checkpoint: text)
            expect(try store.checkpoint() == text, .faithfulness, "the checkpoint is not the last saved")
        }
        expect(store.size == 0, .order, "a checkpoint made \(store.size) facts")
        let last = try store.checkpoint()
        try closeAndReopen()
        expect(try store.checkpoint() == last && last != nil, .durability, "the checkpoint is gone or changed")
    }

    mutating func checkRanges() throws {
        let batch = StoreSamples.batches[0]
        try store.append(batch)
        let size = store.size
        for range in [size..<size + 1, 0..<size + 1, size + 5..<size + 9, 0..<1 << 40, 0..<UInt64.max] {
            expectFailure(.faithfulness, "reading facts \(range) of \(size)") { _ = try $0.facts(in: range) }
        }
        expect(try store.facts(in: size..<size).isEmpty, .faithfulness, "an empty range at the end gives facts")
    }

    /// Appends while others read; each batch has a tile, a private part, a key run and a snapshot of its own.
    mutating func checkVisibility() throws {
        let batchCount = 40
        let factsInBatch = 25
        let seen = Mutex<[String]>([])
        let isDone = Mutex(false)
        let store = store
        // Readers block, so they do not belong on the cooperative pool.
        let readers = DispatchGroup()
        for _ in 0..<2 {
            DispatchQueue.global().async(group: readers) {
                while !isDone.withLock({ $0 }), seen.withLock({ $0.count }) < 5 {
                    if let breach = StoreExamination.breachOfVisibility(store, factsInBatch) {
                        seen.withLock { $0.append(breach) }
                    }
                }
            }
        }
        for number in 0..<batchCount {
            let first = UInt64(number * factsInBatch)
            var batch = StoredBatch(first: first)
            batch.facts = (0..<factsInBatch).map { StoreSamples.fact(number * factsInBatch + $0) }
            let end = first + UInt64(factsInBatch)
            batch.tiles = [StoredTile(level: 0, index: UInt64(number), hashes: StoreSamples.bytes(8192, seed: number))]
            batch.privateParts = [StoredPrivatePart(index: end - 1, person: "p", sealed: [2])]
            let run = StoredKeyRun(id: Int64(number), facts: first..<end, pageCount: 1, filter: [UInt8(number)])
            batch.keyRun = (run, [[UInt8(number)]])
            batch.snapshot = StoredSnapshot(size: end, state: [UInt8(number)])
            try store.append(batch)
        }
        isDone.withLock { $0 = true }
        readers.wait()
        for breach in seen.withLock({ $0 }) { note(.visibility, breach) }
    }

    private static func breachOfVisibility(_ store: any FactStore, _ factsInBatch: Int) -> String? {
        let size = store.size
        let batches = Int(size) / factsInBatch
        guard Int(size) % factsInBatch == 0 else { return "a reader saw \(size) facts: a part of a batch" }
        guard batches > 0 else { return nil }
        do {
            let facts = try store.facts(in: 0..<size)
            for (index, fact) in facts.enumerated() where !StoreSamples.areSame(fact, StoreSamples.fact(index)) {
                return "a reader saw fact \(index) changed"
            }
            guard facts.count == Int(size) else { return "a reader saw \(facts.count) facts of \(size)" }
            let last = UInt64(batches - 1)
            guard try store.tile(level: 0, index: last) != nil else { return "facts \(size) without their tile" }
            guard try store.privatePart(at: size - 1) != nil else { return "facts \(size) without their private part" }
            guard try store.keyRuns().count >= batches else { return "facts \(size) without their key run" }
            guard try store.keyPage(run: Int64(last), page: 0) == [UInt8(last)] else { return "another key page" }
            guard let snapshot = try store.latestSnapshot(), snapshot.size >= size else {
                return "facts \(size) without their snapshot"
            }
            return nil
        } catch {
            return "a reader beside the writer failed: \(error)"
        }
    }
}
