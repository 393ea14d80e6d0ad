public import Facts
public import Storage

/// What became of one fact.
public enum Outcome: Equatable, Sendable {
    /// It stands in the log, durable, at this index.
    case accepted(index: UInt64)
    /// It stood there already; it counts once.
    case duplicate(index: UInt64)
    /// It was not taken; nothing changed.
    case refused(Refusal)
}

/// Why a whole submission was not taken; nothing of it is in the log unless it says otherwise.
public enum SubmissionError: Error, Equatable, Sendable {
    /// Too much is waiting; come back after this many seconds.
    case busy(retryAfterSeconds: Int)
    /// The district is shutting down.
    case stopping
    /// The store failed while this was being committed: whether it is in the log, the next start will tell.
    case failed(StoreError)
}

extension SubmissionError: CustomStringConvertible {
    /// One sentence for a person.
    public var description: String {
        switch self {
        case .busy(let seconds): "too many facts are waiting; come back in \(seconds) s"
        case .stopping: "the district is shutting down; send it again after the restart"
        case .failed(let error): "the store failed, send it again after the restart: \(error)"
        }
    }
}

/// What one caller handed in, and where its answer goes.
struct Submission: Sendable {
    let facts: [Fact]
    let byteCount: Int
    let answer: CheckedContinuation<Result<[Outcome], SubmissionError>, Never>
}
