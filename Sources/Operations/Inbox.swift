import Facts
import Foundation
import Storage

/// Where facts wait for the sequencer: bounded, so that nothing is dropped silently.
///
/// Sendable by its condition: every stored property is read and written under it.
final class Inbox: @unchecked Sendable {
    private let condition = NSCondition()
    private var waiting: [Submission] = []
    private var head = 0
    private var facts = 0
    private var bytes = 0
    private var isStopping = false
    private var failure: StoreError?

    /// Takes a submission or refuses it at once; never waits.
    func put(_ facts: [Fact], answer: CheckedContinuation<Result<[Outcome], SubmissionError>, Never>) {
        let byteCount = facts.reduce(0) { $0 + $1.byteCount }
        condition.lock()
        let refusal: SubmissionError?
        if let failure {
            refusal = .failed(failure)
        } else if isStopping {
            refusal = .stopping
        } else if self.facts > 0, self.facts + facts.count > Limits.queueFacts || bytes + byteCount > Limits.queueBytes
        {
            refusal = .busy(retryAfterSeconds: Limits.retryAfterSeconds)
        } else {
            refusal = nil
            waiting.append(Submission(facts: facts, byteCount: byteCount, answer: answer))
            self.facts += facts.count
            bytes += byteCount
            condition.signal()
        }
        condition.unlock()
        if let refusal { answer.resume(returning: .failure(refusal)) }
    }

    /// How many facts wait.
    var count: Int { condition.withLock { facts } }

    enum Work {
        case submissions([Submission])
        case timer
        case stop
    }

    /// What waits, at most one batch of it; waits for the first, until a timer is due in so many milliseconds.
    func take(timerInMs: Int64?) -> Work {
        condition.lock()
        defer { condition.unlock() }
        let timer = timerInMs.map { Date(timeIntervalSinceNow: Double($0) / 1000) }
        while head == waiting.count {
            if isStopping { return .stop }
            if let timer {
                if !condition.wait(until: timer) || timer <= Date() { return .timer }
            } else {
                condition.wait()
            }
        }
        var taken: [Submission] = []
        var count = 0
        repeat {
            let submission = waiting[head]
            taken.append(submission)
            count += submission.facts.count
            facts -= submission.facts.count
            bytes -= submission.byteCount
            head += 1
        } while head < waiting.count && count + waiting[head].facts.count <= Limits.batchFacts
        if head == waiting.count {
            waiting.removeAll(keepingCapacity: true)
            head = 0
        } else if head > 1024 {
            waiting.removeFirst(head)
            head = 0
        }
        return .submissions(taken)
    }

    /// Takes nothing more; what waits is still worked.
    func stop() {
        condition.withLock {
            isStopping = true
            condition.broadcast()
        }
    }

    /// Takes nothing more, and answers whoever waits.
    func fail(_ error: StoreError) {
        let unanswered = condition.withLock {
            failure = error
            isStopping = true
            defer { (waiting, head, facts, bytes) = ([], 0, 0, 0) }
            condition.broadcast()
            return waiting[head...]
        }
        for submission in unanswered { submission.answer.resume(returning: .failure(.failed(error))) }
    }
}
