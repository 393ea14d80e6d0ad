public import Storage
import Synchronization

/// A store in memory that keeps the contract, except that it survives nothing but its own closing: for tests, and the
/// simplest example of what the contract asks.
public final class MemoryStore: FactStore {
    /// What outlives a store's closing.
    public final class Disk: Sendable {
        fileprivate let content = Mutex(Content())

        /// An empty disk.
        public init() {}
    }

    fileprivate struct Content {
        var facts: [StoredFact] = []
        var privateParts: [UInt64: StoredPrivatePart] = [:]
        var tiles: [Place: [UInt8]] = [:]
        var snapshots: [StoredSnapshot] = []
        var runs: [StoredKeyRun] = []
        var pages: [Int64: [[UInt8]]] = [:]
        var checkpoint: String?
    }

    fileprivate struct Place: Hashable {
        let level: Int
        let index: UInt64
    }

    private let disk: Disk

    /// The store on a disk.
    public init(_ disk: Disk = Disk()) { self.disk = disk }

    /// The number of facts committed.
    public var size: UInt64 { disk.content.withLock { UInt64($0.facts.count) } }

    /// Commits a batch; see `FactStore`.
    public func append(_ batch: StoredBatch) throws(StoreError) {
        try disk.content.withLock { content throws(StoreError) in
            let expected = UInt64(content.facts.count)
            guard batch.first == expected else { throw .outOfOrder(expected: expected, found: batch.first) }
            content.facts += batch.facts
            for part in batch.privateParts { content.privateParts[part.index] = part }
            for tile in batch.tiles { content.tiles[Place(level: tile.level, index: tile.index)] = tile.hashes }
            for id in batch.replacedKeyRuns {
                content.runs.removeAll { $0.id == id }
                content.pages[id] = nil
            }
            if let (run, pages) = batch.keyRun {
                content.runs.append(run)
                content.runs.sort { $0.facts.lowerBound < $1.facts.lowerBound }
                content.pages[run.id] = pages
            }
            if let snapshot = batch.snapshot {
                content.snapshots = content.snapshots.filter { $0.size != snapshot.size }.suffix(1) + [snapshot]
            }
        }
    }

    /// The facts of a range; see `FactStore`.
    public func facts(in range: Range<UInt64>) throws(StoreError) -> [StoredFact] {
        try disk.content.withLock { content throws(StoreError) in
            guard range.upperBound <= UInt64(content.facts.count) else {
                throw .corrupt("facts \(range) of \(content.facts.count)")
            }
            return Array(content.facts[Int(range.lowerBound)..<Int(range.upperBound)])
        }
    }

    /// The private part of a fact; see `FactStore`.
    public func privatePart(at index: UInt64) throws(StoreError) -> StoredPrivatePart? {
        disk.content.withLock { $0.privateParts[index] }
    }

    /// A full tile; see `FactStore`.
    public func tile(level: Int, index: UInt64) throws(StoreError) -> [UInt8]? {
        disk.content.withLock { $0.tiles[Place(level: level, index: index)] }
    }

    /// The newest snapshot; see `FactStore`.
    public func latestSnapshot() throws(StoreError) -> StoredSnapshot? {
        disk.content.withLock { $0.snapshots.max { $0.size < $1.size } }
    }

    /// The runs that stand, oldest first.
    public func keyRuns() throws(StoreError) -> [StoredKeyRun] {
        disk.content.withLock { $0.runs }
    }

    /// A page of a run; see `FactStore`.
    public func keyPage(run: Int64, page: Int) throws(StoreError) -> [UInt8] {
        try disk.content.withLock { content throws(StoreError) in
            guard let pages = content.pages[run], pages.indices.contains(page) else {
                throw .corrupt("page \(page) of key run \(run) is missing")
            }
            return pages[page]
        }
    }

    /// The last checkpoint that was saved.
    public func checkpoint() throws(StoreError) -> String? {
        disk.content.withLock { $0.checkpoint }
    }

    /// Keeps a checkpoint in place of the one before.
    public func save(checkpoint: String) throws(StoreError) {
        disk.content.withLock { $0.checkpoint = checkpoint }
    }

    /// Bytes kept.
    public func byteCount() throws(StoreError) -> UInt64 {
        disk.content.withLock { content in
            let facts = content.facts.reduce(0) { $0 + $1.body.count + 40 }
            let tiles = content.tiles.values.reduce(0) { $0 + $1.count }
            return UInt64(facts + tiles)
        }
    }

    /// Ends the use of the store.
    public func close() throws(StoreError) {}
}
