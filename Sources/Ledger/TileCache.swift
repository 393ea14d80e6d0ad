import Synchronization

/// Recently used full tiles with their inner nodes, shared by all who make proofs from one log.
///
/// Full tiles never change, so nothing is ever invalidated. Never share one between two logs. Safe from any thread.
public final class TileCache: Sendable {
    // Two generations: when the young one is full, it becomes the old one and what the old one held is dropped. Close
    // enough to least recently used, without a list to keep in order.
    private struct Generations {
        var young: [Tile: TileNodes] = [:]
        var old: [Tile: TileNodes] = [:]
    }

    /// 1,024 tiles of 16 KB, held twice at most: 32 MB; the upper levels of 67 million leaves.
    public static let defaultLimit = 1024

    private let limit: Int
    private let state = Mutex(Generations())

    /// Holds at least the `limit` tiles used last, and at most twice as many.
    public init(limit: Int = TileCache.defaultLimit) {
        self.limit = max(1, limit)
    }

    subscript(tile: Tile) -> TileNodes? {
        get {
            state.withLock { state in
                if let nodes = state.young[tile] { return nodes }
                guard let nodes = state.old[tile] else { return nil }
                TileCache.insert(nodes, as: tile, limit: limit, into: &state)
                return nodes
            }
        }
        set {
            guard let newValue else { return }
            state.withLock { TileCache.insert(newValue, as: tile, limit: limit, into: &$0) }
        }
    }

    private static func insert(_ nodes: TileNodes, as tile: Tile, limit: Int, into state: inout Generations) {
        if state.young.count >= limit {
            state.old = state.young
            state.young = [:]
        }
        state.young[tile] = nodes
    }
}
