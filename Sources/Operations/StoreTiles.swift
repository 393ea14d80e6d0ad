import Facts
public import Ledger
public import Storage

/// The full tiles that a store keeps, as the tree reads them.
public struct StoreTiles: TileReader, Sendable {
    private let store: any FactStore

    /// The tiles of a store.
    public init(_ store: any FactStore) { self.store = store }

    /// The hashes of a full tile.
    public func fullTile(level: Int, index: UInt64) throws -> [Digest] {
        guard let bytes = try store.tile(level: level, index: index), let hashes = Digest.list(from: bytes),
            hashes.count == Tile.fullWidth
        else { throw StoreError.corrupt("tile \(index) of level \(level) is missing or damaged") }
        return hashes
    }
}

extension StoredFact {
    /// The log's entry for the fact.
    var leafData: [UInt8] {
        salt.span.withUnsafeBytes {
            LeafData.of(body: body, salt: $0, received: received, privateCommitment: privateCommitment)
        }
    }
}
