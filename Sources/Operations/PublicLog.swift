public import Ledger
public import Storage

/// The log as C2SP tlog-tiles serves it, proofs for any fact, and what a fact is read back as.
public struct PublicLog: Sendable {
    private let store: any FactStore
    private let published: Published
    private let cache = TileCache()

    /// The public log of a running district.
    public init(_ district: RunningDistrict) {
        store = district.store
        published = district.published
    }

    /// What is wrong with a request.
    public enum ReadError: Error, Equatable, Sendable {
        /// There is no such tile or fact in the committed log.
        case notFound
        /// There is no checkpoint yet that covers the fact; one is signed within a second.
        case notYetCovered
    }

    /// The last signed checkpoint.
    public var checkpoint: SignedNote? { published.head.checkpoint?.note }

    /// The hashes of a tile, full or partial, as the head has it.
    public func tile(_ tile: Tile) throws -> [UInt8] {
        let head = published.head
        guard Self.exists(tile, size: head.size) else { throw ReadError.notFound }
        let available = head.size >> UInt64(8 * tile.level)
        if tile.index < available / 256 {
            let hashes = try StoreTiles(store).fullTile(level: tile.level, index: tile.index)
            return Digest.bytes(of: hashes.prefix(tile.width))
        }
        return Digest.bytes(of: head.tree.partialTile(level: tile.level).prefix(tile.width))
    }

    /// The entries of a bundle, full or partial.
    public func entries(_ tile: Tile) throws -> [UInt8] {
        guard tile.level == 0, Self.exists(tile, size: published.head.size) else { throw ReadError.notFound }
        let first = tile.index * 256
        var bundle: [UInt8] = []
        for fact in try store.facts(in: first..<first + UInt64(tile.width)) {
            try EntryBundle.append(fact.leafData, to: &bundle)
        }
        return bundle
    }

    private static func exists(_ tile: Tile, size: UInt64) -> Bool {
        guard tile.level < 8 else { return false }
        let available = size >> UInt64(8 * tile.level)
        let (end, overflow) = tile.index.multipliedReportingOverflow(by: 256)
        return !overflow && end < available && UInt64(tile.width) <= available - end
    }

    /// The proof that a fact stands in the log, under the last checkpoint.
    public func proof(of index: UInt64) throws -> TlogProof {
        let head = published.head
        guard index < head.size else { throw ReadError.notFound }
        guard let (checkpoint, note, _) = head.checkpoint, index < checkpoint.size else {
            throw ReadError.notYetCovered
        }
        let hashes = TreeHashes(tree: head.tree, reader: StoreTiles(store), cache: cache)
        return TlogProof(
            index: index, hashes: try hashes.inclusionProof(index: index, size: checkpoint.size), checkpoint: note)
    }

    /// A fact as it is kept.
    public func fact(at index: UInt64) throws -> StoredFact {
        guard index < published.head.size else { throw ReadError.notFound }
        guard let fact = try store.facts(in: index..<index + 1).first else { throw ReadError.notFound }
        return fact
    }

    /// Facts from an index on, at most `limit`, as far as the log goes.
    public func facts(from index: UInt64, limit: UInt64) throws -> [StoredFact] {
        let size = published.head.size
        guard index < size else { return [] }
        return try store.facts(in: index..<index + min(limit, size - index))
    }
}

extension StoredFact {
    /// The leaf hash under which the fact stands in the log.
    public var leafHash: Digest { Digest.leaf(leafData) }
}
