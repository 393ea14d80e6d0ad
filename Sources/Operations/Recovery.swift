public import District
import Facts
import Ledger
public import Storage

/// From a store back to the state: the newest snapshot, and `apply` for what came after it. Nothing else.
public enum Recovery {
    /// The state after all facts of a store.
    ///
    /// - Parameters:
    ///   - store: the store.
    ///   - useSnapshot: false replays the whole log.
    ///   - progress: called with the number of facts applied so far.
    public static func district(
        from store: any FactStore, useSnapshot: Bool = true, progress: (UInt64) -> Void = { _ in }
    ) throws(OpeningError) -> District {
        try district(useSnapshot ? try snapshot(of: store) : District(), after: store, progress: progress)
    }

    /// A state, and what the store holds after it.
    private static func district(
        _ start: District, after store: any FactStore, progress: (UInt64) -> Void = { _ in }
    ) throws(OpeningError) -> District {
        var district = start
        try replay(store, from: district.size) { logged in
            district.apply(logged)
            if district.size.isMultiple(of: Limits.readFacts) { progress(district.size) }
        } schemas: {
            district.schemas
        }
        return district
    }

    /// What a log was founded with, from its first fact; nil for an empty store.
    public static func founding(of store: any FactStore) throws(OpeningError) -> District.Founding? {
        guard store.size > 0, let first = try OpeningError.wrapping({ try store.facts(in: 0..<1).first }) else {
            return nil
        }
        var district = District()
        do {
            let fact = try FactReader(schemas: district.schemas, now: nil).read(first.body)
            district.apply(LoggedFact(index: 0, received: first.received, fact: fact))
        } catch {
            throw .unreadable(index: 0, error.description)
        }
        return district.founding
    }

    private static func snapshot(of store: any FactStore) throws(OpeningError) -> District {
        guard let stored = try storedSnapshot(of: store), stored.size <= store.size,
            let district = stored.district, district.size == stored.size
        else { return District() }  // A snapshot is a cache: one of another version, or a damaged one, costs time only.
        return district
    }

    private static func storedSnapshot(of store: any FactStore) throws(OpeningError) -> StoredSnapshot? {
        do {
            return try store.latestSnapshot()
        } catch .corrupt {
            return nil
        } catch {
            throw .store(error)
        }
    }

    /// Reads the facts of a store from an index on, each under the schemas in force at its place.
    static func replay(
        _ store: any FactStore, from start: UInt64, _ body: (LoggedFact) -> Void, schemas: () -> SchemaSet
    ) throws(OpeningError) {
        var reader = FactReader(schemas: schemas(), now: nil)
        var next = start
        while next < store.size {
            let end = min(next + Limits.readFacts, store.size)
            let range = next..<end
            for stored in try OpeningError.wrapping({ try store.facts(in: range) }) {
                if reader.schemas.version != schemas().version { reader = FactReader(schemas: schemas(), now: nil) }
                let fact: Fact
                do {
                    fact = try reader.read(stored.body)
                } catch {
                    throw .unreadable(index: next, error.description)
                }
                body(LoggedFact(index: next, received: stored.received, fact: fact))
                next += 1
            }
        }
    }

    /// The whole state that the sequencer goes on from.
    static func fold(from store: any FactStore, people: PersonKeys) throws(OpeningError) -> Fold {
        let snapshot = try snapshot(of: store)
        let district = try district(snapshot, after: store)
        let size = store.size
        let tree = try tree(of: store)
        var keys = try OpeningError.wrapping { try KeyIndex(runs: try store.keyRuns(), store: store) }
        var next = keys.covered
        while next < size {
            let range = next..<min(next + Limits.readFacts, size)
            for stored in try OpeningError.wrapping({ try store.facts(in: range) }) {
                guard let (source, id) = FactReader.identity(of: stored.body) else {
                    throw .unreadable(index: next, "it has no source or id")
                }
                let key = source.withBytes(in: stored.body) { source in
                    id.withBytes(in: stored.body) { Fact.key(source: source, id: $0) }
                }
                keys.insert(key, index: next)
                next += 1
            }
        }
        // Only a snapshot that could be used counts, or the next would be long in coming.
        return Fold(district: district, tree: tree, keys: keys, people: people, lastSnapshot: snapshot.size)
    }

    /// The edge of the tree, from the store's full tiles and its last facts.
    static func tree(of store: any FactStore) throws(OpeningError) -> MerkleTree {
        try OpeningError.wrapping {
            let size = store.size
            let last = try store.facts(in: size / 256 * 256..<size)
            return try MerkleTree(
                size: size, lastLeaves: last.map { Digest.leaf($0.leafData) }, reader: StoreTiles(store))
        }
    }
}
