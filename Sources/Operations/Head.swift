public import District
public import Facts
public import Ledger
import Synchronization

/// What is committed, as readers see it: small, immutable, swapped whole after each commit.
public struct Head: Sendable {
    /// The number of facts in the log.
    public let size: UInt64
    /// The edge of the tree at that size.
    public let tree: MerkleTree
    /// The last checkpoint that was signed; nil before the first.
    public internal(set) var checkpoint: (checkpoint: Checkpoint, note: SignedNote, signedAt: Int64)?
}

/// What the edge needs of the state to judge facts before they are queued.
public struct EdgeView: Sendable {
    /// The schemas in force.
    public let schemas: SchemaSet
    /// Every source, by number.
    public let registrations: [SourceRegister.Registration]
    let registerVersion: UInt64
    let byTokenHash: [String: Int]
    let byID: [String: Int]

    init(_ district: District) {
        schemas = district.schemas
        registrations = district.sources.registrations
        registerVersion = district.sources.version
        var byTokenHash: [String: Int] = [:]
        var byID: [String: Int] = [:]
        for (number, registration) in registrations.enumerated() {
            byID[registration.id] = number
            if let hash = registration.tokenHash { byTokenHash[hash] = number }
        }
        self.byTokenHash = byTokenHash
        self.byID = byID
    }

    func isCurrent(_ district: District) -> Bool {
        schemas.version == district.schemas.version && registerVersion == district.sources.version
    }
}

/// The committed state that is published, and those who wait for it to grow.
public final class Published: Sendable {
    private struct State {
        var head: Head
        var edge: EdgeView
        var activities: [SourceRegister.Activity]
        var waiting: [UInt64: CheckedContinuation<Void, Never>] = [:]
        var nextWaiter: UInt64 = 0
        var isClosed = false
    }

    private let state: Mutex<State>
    /// What the log was founded with.
    public let founding: District.Founding

    init(_ district: District, founding: District.Founding, tree: MerkleTree) {
        self.founding = founding
        state = Mutex(
            State(
                head: Head(size: district.size, tree: tree, checkpoint: nil), edge: EdgeView(district),
                activities: district.sources.activities))
    }

    /// What is committed.
    public var head: Head { state.withLock { $0.head } }

    /// What the edge judges facts by.
    public var edge: EdgeView { state.withLock { $0.edge } }

    /// What each source did last, at most a moment old.
    public var activities: [SourceRegister.Activity] { state.withLock { $0.activities } }

    /// Waits until the log is longer than `size`, the district stops, or the task is cancelled; false when it stopped.
    public func grown(beyond size: UInt64) async -> Bool {
        let ticket = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDone = state.withLock { state in
                    guard state.head.size <= size, !state.isClosed, !Task.isCancelled else { return true }
                    state.waiting[ticket] = continuation
                    return false
                }
                if isDone { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: ticket) }?.resume()
        }
        return state.withLock { !$0.isClosed } && !Task.isCancelled
    }

    func publish(size: UInt64, tree: MerkleTree, edge: EdgeView?, activities: [SourceRegister.Activity]?) {
        let woken = state.withLock { state in
            state.head = Head(size: size, tree: tree, checkpoint: state.head.checkpoint)
            if let edge { state.edge = edge }
            if let activities { state.activities = activities }
            defer { state.waiting = [:] }
            return state.waiting
        }
        for continuation in woken.values { continuation.resume() }
    }

    func publish(checkpoint: Checkpoint, note: SignedNote, signedAt: Int64) {
        state.withLock { $0.head.checkpoint = (checkpoint, note, signedAt) }
    }

    func close() {
        let woken = state.withLock { state in
            state.isClosed = true
            defer { state.waiting = [:] }
            return state.waiting
        }
        for continuation in woken.values { continuation.resume() }
    }
}
