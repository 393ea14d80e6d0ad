import Operations
import Synchronization

/// A clock that a test sets.
final class TestClock: Sendable {
    private let time: Mutex<Int64>

    /// 2026-03-02T02:00:00Z, ten in the morning in Wuhan.
    static let start: Int64 = 1_772_416_800_000

    init(_ time: Int64 = TestClock.start) { self.time = Mutex(time) }

    var now: Int64 { time.withLock { $0 } }

    func advance(_ milliseconds: Int64) { time.withLock { $0 += milliseconds } }

    /// The log's clock: driven, so that nobody waits for it.
    var log: LogClock { LogClock(isRunning: false) { self.now } }
}
