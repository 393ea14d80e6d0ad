import District
import Foundation
import Ledger
import Storage

/// What the sequencer hands over: a batch, what is to be published with it, and whom to answer.
struct CommitJob: Sendable {
    var batch: StoredBatch
    var personKeys: [String: [UInt8]] = [:]
    var tree: MerkleTree
    var edge: EdgeView?
    var activities: [SourceRegister.Activity]?
    var answers: [(submission: Submission, outcomes: [Outcome])]
}

/// The second half of the pipeline: one thread that commits, publishes, answers, and signs checkpoints.
///
/// It holds one job while it commits another, so that the next batch is folded and hashed meanwhile. Sendable by its
/// condition: every stored property that changes is read and written under it.
final class Committer: @unchecked Sendable {
    private let store: any FactStore
    private let people: PersonKeys
    private let published: Published
    private let checkpointer: Checkpointer
    private let condition = NSCondition()
    private var job: CommitJob?
    private var isStopping = false
    private var failure: StoreError?

    init(store: any FactStore, people: PersonKeys, published: Published, checkpointer: Checkpointer) {
        self.store = store
        self.people = people
        self.published = published
        self.checkpointer = checkpointer
    }

    // MARK: The sequencer's side

    /// Waits until a job can be handed over; throws once a commit has failed.
    func awaitRoom() throws(StoreError) {
        condition.lock()
        defer { condition.unlock() }
        while job != nil, failure == nil { condition.wait() }
        if let failure { throw failure }
    }

    /// Hands over a job; `awaitRoom` has returned. If a commit failed since then, nobody works it: it is answered here.
    func hand(_ job: CommitJob) {
        let failed = condition.withLock { () -> StoreError? in
            guard failure == nil else { return failure }
            self.job = job
            condition.broadcast()
            return nil
        }
        if let failed { answer(job, failed) }
    }

    private func answer(_ job: CommitJob, _ failure: StoreError) {
        for (submission, _) in job.answers { submission.answer.resume(returning: .failure(.failed(failure))) }
    }

    func stop() {
        condition.withLock {
            isStopping = true
            condition.broadcast()
        }
    }

    // MARK: The thread

    /// Works until stopped; throws what the store threw, with every answer given.
    func run() throws(StoreError) {
        var current: CommitJob?
        do throws(StoreError) {
            while true {
                current = take()
                if let job = current {
                    try commit(job)
                    current = nil
                } else if condition.withLock({ isStopping && job == nil }) {
                    try checkpointer.sign(published, store, isLast: true)
                    return
                }
                try checkpointer.sign(published, store, isLast: false)
            }
        } catch {
            let waiting = condition.withLock {
                failure = error
                defer { job = nil }
                condition.broadcast()
                return job
            }
            for job in [current, waiting].compactMap(\.self) { answer(job, error) }
            throw error
        }
    }

    /// The next job; nil when a checkpoint is due first, or when there is nothing left to do.
    private func take() -> CommitJob? {
        condition.lock()
        defer { condition.unlock() }
        while job == nil, !isStopping {
            if let wait = checkpointer.wait(published.head) {
                let seconds = Double(wait.components.seconds) + Double(wait.components.attoseconds) / 1e18
                if wait == .zero || !condition.wait(until: Date(timeIntervalSinceNow: seconds)) { return nil }
            } else {
                condition.wait()
            }
        }
        defer {
            job = nil
            condition.broadcast()
        }
        return job
    }

    private func commit(_ job: CommitJob) throws(StoreError) {
        let batch = job.batch
        if !batch.facts.isEmpty || batch.snapshot != nil {
            // A private part that nobody could open again would be lost; so its key is durable first.
            try people.add(job.personKeys)
            try store.append(batch)
            published.publish(
                size: batch.first + UInt64(batch.facts.count), tree: job.tree, edge: job.edge,
                activities: job.activities)
        }
        for (submission, outcomes) in job.answers { submission.answer.resume(returning: .success(outcomes)) }
    }
}
