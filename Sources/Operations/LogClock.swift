import Foundation

/// The one clock of a log, given when the program starts.
public struct LogClock: Sendable {
    /// Milliseconds since 1970 UTC.
    public let now: @Sendable () -> Int64
    /// Whether it goes on by itself; a clock that a feeder drives does not, so nobody waits for it.
    public let isRunning: Bool

    /// A clock of one's own, for a recorded day or a test.
    public init(isRunning: Bool, now: @escaping @Sendable () -> Int64) {
        self.isRunning = isRunning
        self.now = now
    }

    /// The machine's clock.
    public static let real = LogClock(isRunning: true) {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
