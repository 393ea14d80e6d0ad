import Foundation
import Storage
import StorageTesting
import Synchronization

/// A store that breaks one clause of the contract.
final class MutantStore: FactStore {
    enum Flaw: String, CaseIterable, Sendable {
        case takesGaps, takesOverlaps, misnamesOrder
        case leavesTileOfRefusedBatch, leavesSnapshotOfRefusedBatch
        case showsFactsOneByOne, showsTileLate, showsSizeEarly
        case losesAll, losesTiles, losesPrivateParts, losesCheckpoint, losesKeyRuns
        case cutsBodies, dropsSignatures, dropsEmptySignatures, changesSalt, zeroesReceived
        case givesWhatIsThere, givesEmptyPages, keepsReplacedPages, givesOldestSnapshot, unsortedRuns, countsNoBytes

        var clause: FactStoreConformance.Clause {
            switch self {
            case .takesGaps, .takesOverlaps, .misnamesOrder: .order
            case .leavesTileOfRefusedBatch, .leavesSnapshotOfRefusedBatch: .atomicity
            case .showsFactsOneByOne, .showsTileLate, .showsSizeEarly: .visibility
            case .losesAll: .durability
            default: .faithfulness
            }
        }
    }

    private let real: MemoryStore
    private let flaw: Flaw
    private let ahead = Mutex<UInt64>(0)
    private let reads = Mutex(0)
    private let wasLookedAt = Mutex(false)

    init(_ real: MemoryStore, _ flaw: Flaw) {
        self.real = real
        self.flaw = flaw
    }

    var size: UInt64 {
        reads.withLock { $0 += 1 }
        return max(real.size, ahead.withLock { $0 })
    }

    /// Holds the flaw open until readers have looked, once: batches of that many facts come with readers beside.
    private func waitForReaders(_ batch: StoredBatch) {
        guard batch.facts.count == 25, !wasLookedAt.withLock({ $0 }) else { return }
        let start = reads.withLock { $0 }
        let end = Date(timeIntervalSinceNow: 10)
        while reads.withLock({ $0 }) < start + 6, Date() < end { Thread.sleep(forTimeInterval: 0.000_2) }
        wasLookedAt.withLock { $0 = true }
    }

    func append(_ batch: StoredBatch) throws(StoreError) {
        var batch = batch
        let isRefused = batch.first != real.size
        switch flaw {
        case .takesGaps where batch.first > real.size, .takesOverlaps where batch.first < real.size:
            batch.first = real.size
        case .misnamesOrder where isRefused: throw .corrupt("out of order")
        case .leavesTileOfRefusedBatch where isRefused:
            var rest = StoredBatch(first: real.size)
            rest.tiles = batch.tiles
            try real.append(rest)
        case .leavesSnapshotOfRefusedBatch where isRefused:
            var rest = StoredBatch(first: real.size)
            rest.snapshot = batch.snapshot
            try real.append(rest)
        case .showsFactsOneByOne:
            guard !isRefused, batch.facts.count > 1 else { break }
            for fact in batch.facts.dropLast() {
                var single = StoredBatch(first: real.size)
                single.facts = [fact]
                try real.append(single)
            }
            waitForReaders(batch)
            batch.first = real.size
            batch.facts = batch.facts.suffix(1)
        case .showsTileLate:
            guard !isRefused else { break }
            var rest = StoredBatch(first: batch.first + UInt64(batch.facts.count))
            rest.tiles = batch.tiles
            batch.tiles = []
            try real.append(batch)
            waitForReaders(batch)
            batch = rest
        case .showsSizeEarly:
            guard !isRefused else { break }
            ahead.withLock { $0 = batch.first + UInt64(batch.facts.count) }
            waitForReaders(batch)
        case .losesTiles: batch.tiles = []
        case .losesPrivateParts: batch.privateParts = []
        case .losesKeyRuns: batch.keyRun = nil
        case .keepsReplacedPages: batch.replacedKeyRuns = []
        default: batch.facts = batch.facts.map(changed)
        }
        try real.append(batch)
    }

    private func changed(_ fact: StoredFact) -> StoredFact {
        var (salt, signature) = (fact.salt, fact.signature)
        if flaw == .changesSalt { salt[31] ^= 1 }
        if flaw == .dropsSignatures || flaw == .dropsEmptySignatures && signature?.isEmpty == true { signature = nil }
        return StoredFact(
            received: flaw == .zeroesReceived ? 0 : fact.received, salt: salt,
            body: flaw == .cutsBodies ? Array(fact.body.prefix(60_000)) : fact.body, signature: signature,
            privateCommitment: fact.privateCommitment)
    }

    func facts(in range: Range<UInt64>) throws(StoreError) -> [StoredFact] {
        guard flaw == .givesWhatIsThere else { return try real.facts(in: range) }
        return try real.facts(in: range.clamped(to: 0..<real.size))
    }

    func privatePart(at index: UInt64) throws(StoreError) -> StoredPrivatePart? { try real.privatePart(at: index) }

    func tile(level: Int, index: UInt64) throws(StoreError) -> [UInt8]? { try real.tile(level: level, index: index) }

    func latestSnapshot() throws(StoreError) -> StoredSnapshot? {
        let newest = try real.latestSnapshot()
        return flaw == .givesOldestSnapshot ? newest.map { StoredSnapshot(size: 1, state: $0.state) } : newest
    }

    func keyRuns() throws(StoreError) -> [StoredKeyRun] {
        flaw == .unsortedRuns ? try real.keyRuns().reversed() : try real.keyRuns()
    }

    func keyPage(run: Int64, page: Int) throws(StoreError) -> [UInt8] {
        guard flaw == .givesEmptyPages else { return try real.keyPage(run: run, page: page) }
        return (try? real.keyPage(run: run, page: page)) ?? []
    }

    func checkpoint() throws(StoreError) -> String? { flaw == .losesCheckpoint ? nil : try real.checkpoint() }

    func save(checkpoint: String) throws(StoreError) { try real.save(checkpoint: checkpoint) }

    func byteCount() throws(StoreError) -> UInt64 { flaw == .countsNoBytes ? 0 : try real.byteCount() }

    func close() throws(StoreError) { try real.close() }
}
