public import District
import Facts
import Foundation
import Ledger
public import Storage
import Synchronization

/// A district at work: its store opened for writing, its state recovered, its sequencer running.
public final class RunningDistrict: Sendable {
    /// Where its files are.
    public let files: DistrictFiles
    /// What is committed, for readers.
    public let published: Published
    /// The store, for readers.
    public let store: any FactStore
    /// Hands in facts.
    public let sequencer: Sequencer
    /// The log's clock.
    public let clock: LogClock
    /// What it was founded with.
    public var founding: District.Founding { published.founding }

    private let people: PersonKeys
    private let lock: StoreLock
    private let end: Mutex<End>

    private struct End {
        var result: Result<Void, StoreError>?
        var waiting: [CheckedContinuation<Result<Void, StoreError>, Never>] = []
    }

    /// Opens a district that was founded: takes the lock, recovers, checks the guard, fires what is overdue.
    ///
    /// - Parameters:
    ///   - files: where it is.
    ///   - clock: the log's clock.
    ///   - store: a store that is open already, instead of the SQLite file.
    public convenience init(
        _ files: DistrictFiles, clock: LogClock = .real, store: (any FactStore)? = nil
    ) throws(OpeningError) {
        let lock = try StoreLock(files)
        let store = try OpeningError.wrapping { try store ?? SQLiteStore(path: files.store, mode: .write) }
        let people = try OpeningError.wrapping { try PersonKeys(path: files.people) }
        let fold = try Recovery.fold(from: store, people: people)
        guard let founding = fold.district.founding else {
            throw .store(
                .notAStore("\(files.store) has no founding fact; make a district with 'jianghan district new'"))
        }
        guard fold.district.spanFoldVersion <= District.foldVersion else {
            throw .store(
                .notAStore(
                    "\(files.store) was written by fold version \(fold.district.spanFoldVersion); this program has "
                        + "\(District.foldVersion). Use the newer program"))
        }
        try self.init(files, clock: clock, store: store, people: people, lock: lock, fold: fold, founding: founding)
    }

    init(
        _ files: DistrictFiles, clock: LogClock, store: any FactStore, people: PersonKeys, lock: StoreLock, fold: Fold,
        founding: District.Founding
    ) throws(OpeningError) {
        let signer = try files.readSigner()
        guard signer.verifierKey.text == founding.verifierKey else {
            throw .noKey("\(files.key) is not the key that this log was founded with")
        }
        let guardFile = CheckpointGuard(path: files.guardFile)
        let hashes = TreeHashes(tree: fold.tree, reader: StoreTiles(store))
        let signed = try guardFile.check(hashes, origin: founding.origin, keys: [signer.verifierKey])
        // Behind the guard's if the store failed between the two; then it is signed and kept once more.
        let kept = try OpeningError.wrapping { try store.checkpoint() }
        if signed == nil, kept != nil {
            throw .guardMismatch(
                "\(files.guardFile) is missing, though checkpoints were signed. If nobody can have seen a later one than "
                    + "the store's own (it was not restored from a backup), run 'jianghan log restore-guard'")
        }
        // Before the first timer fires, so that no consequence of this fold stands in the span of another.
        var fold = fold
        var first = OpenBatch(first: fold.district.size)
        try OpeningError.wrapping {
            if try fold.upgrade(to: District.foldVersion, received: clock.now(), in: &first) {
                try store.append(first.stored)
            }
        }
        self.files = files
        self.clock = clock
        self.store = store
        self.people = people
        self.lock = lock
        published = Published(fold.district, founding: founding, tree: fold.tree)
        if let signed { published.publish(checkpoint: signed.checkpoint, note: signed.note, signedAt: clock.now()) }
        end = Mutex(End())
        sequencer = Sequencer(
            store: store, people: people, published: published,
            checkpointer: Checkpointer(
                signer: signer, origin: founding.origin, guardFile: guardFile, clock: clock,
                lastSize: signed.flatMap { $0.note.encoded == kept ? $0.checkpoint.size : nil }),
            clock: clock)
        sequencer.start(fold) { failure in self.ended(failure) }
    }

    // MARK: Ending

    /// Takes nothing more; `ended` returns when what waits is committed.
    public func beginStop() { sequencer.stop() }

    /// Takes nothing more, and waits for the end.
    public func stop() async throws(StoreError) {
        beginStop()
        try await ended()
    }

    /// Returns when what waited is committed, a snapshot kept, the last checkpoint signed and the store closed; throws
    /// what the store failed with, after which the process must end.
    public func ended() async throws(StoreError) {
        let result = await withCheckedContinuation { continuation in
            let known = end.withLock { end in
                if end.result == nil { end.waiting.append(continuation) }
                return end.result
            }
            if let known { continuation.resume(returning: known) }
        }
        try result.get()
    }

    private func ended(_ failure: StoreError?) {
        let result: Result<Void, StoreError>
        do throws(StoreError) {
            if let failure { throw failure }
            try people.close()
            try store.close()
            result = .success(())
        } catch {
            result = .failure(error)
        }
        lock.release()
        let waiting = end.withLock { end in
            end.result = result
            defer { end.waiting = [] }
            return end.waiting
        }
        for continuation in waiting { continuation.resume(returning: result) }
    }

    // MARK: Saying something oneself

    /// Hands in one fact of the platform or its operator.
    public func say(_ body: [UInt8]) async throws -> Outcome {
        let fact: Fact
        do throws(Refusal) {
            fact = try FactReader(schemas: published.edge.schemas, now: clock.now()).read(body)
        } catch {
            return .refused(error)
        }
        // One fact in, one answer out.
        return try await sequencer.submit([fact])[0]
    }
}
