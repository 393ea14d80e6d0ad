internal import NIOCore

/// The events of a stream between the socket and their reader.
struct EventFlow {
    typealias Waiter = CheckedContinuation<Result<[ServerSentEvent], ClientError>, Never>

    /// Waiting events beyond which the socket is not read.
    static let highWater = 1024

    var parser: EventParser
    var ready: [ServerSentEvent] = []
    var waiter: Waiter?
    /// How it ended, once it has.
    var outcome: Result<Void, ClientError>?
    var lastRead = NIODeadline.now()

    var isFull: Bool { ready.count >= Self.highWater && outcome == nil }

    init(limit: Int) {
        parser = EventParser(limit: limit)
    }

    /// What a reader gets now; nil if it must wait.
    mutating func take() -> Result<[ServerSentEvent], ClientError>? {
        if !ready.isEmpty {
            defer { ready = [] }
            return .success(ready)
        }
        return outcome?.map { [] }
    }

    /// The first end counts. The reader is told by ``deliver()``.
    mutating func end(_ result: Result<Void, ClientError>) {
        if outcome == nil { outcome = result }
    }

    /// Hands what there is to a waiting reader.
    mutating func deliver() {
        guard let waiter, let result = take() else { return }
        self.waiter = nil
        waiter.resume(returning: result)
    }
}
