import District
public import Facts
import Foundation
import Ledger
import Storage

/// The one place where things happen in order.
///
/// One thread owns the fold. It takes what waits as one batch; for each fact it asks whether it was seen before, lets
/// due timers fire, asks for a refusal, applies it and numbers its consequences right behind it; then it hands the
/// batch to the committer and folds the next while that one is synced. An answer is given after its commit, never before.
public final class Sequencer: Sendable {
    private let inbox = Inbox()
    private let committer: Committer
    private let published: Published
    private let store: any FactStore
    private let clock: LogClock

    init(
        store: any FactStore, people: PersonKeys, published: Published, checkpointer: Checkpointer, clock: LogClock
    ) {
        self.store = store
        self.published = published
        self.clock = clock
        committer = Committer(store: store, people: people, published: published, checkpointer: checkpointer)
    }

    /// Hands in facts that the edge has read; answers each in order, after the commit.
    public func submit(_ facts: [Fact]) async throws(SubmissionError) -> [Outcome] {
        guard !facts.isEmpty else { return [] }
        return try await withCheckedContinuation { inbox.put(facts, answer: $0) }.get()
    }

    /// How many facts wait.
    public var waiting: Int { inbox.count }

    /// Takes nothing more; what waits is still worked and committed.
    func stop() { inbox.stop() }

    /// Runs both threads until stopped or until the store fails; then calls back once.
    func start(_ fold: Fold, onEnd: @escaping @Sendable (StoreError?) -> Void) {
        let committed = CommitterEnd()
        let committing = Thread { [committer, inbox] in
            do throws(StoreError) {
                try committer.run()
                committed.end(nil)
            } catch {
                inbox.fail(error)
                committed.end(error)
            }
        }
        committing.name = "committer"
        let sequencing = Thread { [self] in
            var ending = fold
            var failure: StoreError?
            do throws(StoreError) {
                try run(&ending)
            } catch {
                failure = error
                inbox.fail(error)
            }
            committer.stop()
            failure = committed.wait() ?? failure
            published.close()
            onEnd(failure)
        }
        sequencing.name = "sequencer"
        sequencing.stackSize = 8 << 20
        committing.start()
        sequencing.start()
    }

    // MARK: The thread

    private func run(_ fold: inout Fold) throws(StoreError) {
        var edgeVersion = published.edge
        var activitiesShown: Int64 = 0
        while true {
            // Room first, work second: while a batch is committed and another waits, the next one collects itself.
            try committer.awaitRoom()
            // By the log's own clock, which need not be the machine's.
            let work = inbox.take(timerInMs: fold.district.nextDue.flatMap(clock.wait))
            let now = max(clock.now(), fold.district.time)
            var open = OpenBatch(first: fold.district.size)
            fold.noteCommitted(store.size)
            var answers: [(submission: Submission, outcomes: [Outcome])] = []
            if case .submissions(let submissions) = work {
                do throws(StoreError) {
                    // Also before facts that will prove to be repeated: nobody may hold a timer up by sending them.
                    try fold.fireTimers(dueBy: now, into: &open)
                    for submission in submissions {
                        answers.append((submission, try outcomes(of: submission, received: now, &fold, &open)))
                    }
                } catch {
                    for submission in submissions { submission.answer.resume(returning: .failure(.failed(error))) }
                    throw error
                }
            } else if case .timer = work {
                try fold.fireTimers(dueBy: now, into: &open)
            }
            let isLast = if case .stop = work { true } else { false }
            fold.close(&open, isLast: isLast)
            var job = CommitJob(batch: open.stored, personKeys: open.personKeys, tree: fold.tree, answers: answers)
            if !edgeVersion.isCurrent(fold.district) {
                edgeVersion = EdgeView(fold.district)
                job.edge = edgeVersion
            }
            // A copy of a few kilobytes; four times a second is as often as anybody looks.
            if isLast || now - activitiesShown >= 250 {
                activitiesShown = now
                job.activities = fold.district.sources.activities
            }
            committer.hand(job)
            if isLast { return }
        }
    }

    private func outcomes(
        of submission: Submission, received: Int64, _ fold: inout Fold, _ open: inout OpenBatch
    ) throws(StoreError) -> [Outcome] {
        var outcomes: [Outcome] = []
        outcomes.reserveCapacity(submission.facts.count)
        for fact in submission.facts { outcomes.append(try outcome(of: fact, received: received, &fold, &open)) }
        return outcomes
    }

    private func outcome(
        of fact: Fact, received: Int64, _ fold: inout Fold, _ open: inout OpenBatch
    ) throws(StoreError) -> Outcome {
        if let index = try fold.indexOfRepeated(fact, open: open, in: store) { return .duplicate(index: index) }
        try fold.fireTimers(dueBy: received, into: &open)
        var fact = fact
        if fact.schemaVersion != fold.district.schemas.version {
            // The schemas changed between the edge and here.
            do throws(Refusal) {
                fact = try FactReader(schemas: fold.district.schemas, now: received).reread(fact)
            } catch {
                return .refused(error)
            }
        }
        if let refusal = fold.district.refusal(of: fact) { return .refused(refusal) }
        let index = fold.district.size
        try fold.append(fact, received: received, to: &open)
        return .accepted(index: index)
    }
}

extension Fold {
    /// Adds what the batch must carry besides its facts, and keeps the facts at hand until they are committed.
    mutating func close(_ open: inout OpenBatch, isLast: Bool) {
        if !open.facts.isEmpty {
            inFlight.append((open.stored.first, open.facts))
            if let (run, replaced) = keys.flushIfFull(upTo: district.size) {
                open.stored.keyRun = (run.stored, run.pages)
                open.stored.replacedKeyRuns = replaced
            }
        }
        let grown = district.size - lastSnapshot
        if grown >= Limits.snapshotFacts || (isLast && grown > 0) {
            open.stored.snapshot = StoredSnapshot(of: district)
            lastSnapshot = district.size
        }
    }
}

/// Lets the sequencer wait for the committer's end.
///
/// Sendable by its condition.
private final class CommitterEnd: @unchecked Sendable {
    private let condition = NSCondition()
    private var isOver = false
    private var failure: StoreError?

    func end(_ failure: StoreError?) {
        condition.withLock {
            self.failure = failure
            isOver = true
            condition.broadcast()
        }
    }

    func wait() -> StoreError? {
        condition.lock()
        defer { condition.unlock() }
        while !isOver { condition.wait() }
        return failure
    }
}
