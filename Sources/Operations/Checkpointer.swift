import Foundation
import Ledger
import Storage
import Synchronization

/// Signs checkpoints of committed sizes, at most one a second while the log grows, each one only after the guard file
/// holds it: a checkpoint that anybody may have seen is never contradicted, whatever happens to the store.
final class Checkpointer: Sendable {
    private let signer: Ed25519Signer
    private let origin: String
    private let guardFile: CheckpointGuard
    private let clock: LogClock
    private let last: Mutex<(size: UInt64?, at: ContinuousClock.Instant?)>

    init(
        signer: Ed25519Signer, origin: String, guardFile: CheckpointGuard, clock: LogClock, lastSize: UInt64?
    ) {
        self.signer = signer
        self.origin = origin
        self.guardFile = guardFile
        self.clock = clock
        last = Mutex((lastSize, nil))
    }

    /// How long until the next one may be signed; nil while there is nothing new. Measured by a clock that nobody sets.
    func wait(_ head: Head) -> Duration? {
        last.withLock { last in
            guard head.size != last.size else { return nil }
            guard let at = last.at else { return .zero }
            return max(.zero, at + .milliseconds(Limits.checkpointMs) - .now)
        }
    }

    /// Signs if the log grew and a second has passed, or the district stops.
    func sign(_ published: Published, _ store: any FactStore, isLast: Bool) throws(StoreError) {
        let head = published.head
        guard let wait = wait(head), isLast || wait == .zero else { return }
        do {
            let checkpoint = try Checkpoint(origin: origin, size: head.size, root: head.tree.root)
            let note = try checkpoint.sign(with: [signer])
            try guardFile.write(note)
            published.publish(checkpoint: checkpoint, note: note, signedAt: clock.now())
            try store.save(checkpoint: note.encoded)
            last.withLock { $0 = (head.size, .now) }
        } catch let error as StoreError {
            throw error
        } catch {
            throw .io("the checkpoint could not be signed: \(error)")
        }
    }
}
