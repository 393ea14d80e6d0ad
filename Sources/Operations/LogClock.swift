import Foundation

/// The one clock of a log, given when the program starts: the real one, a faster one for a simulated log, or one that a
/// feeder or a test drives.
public struct LogClock: Sendable {
    /// Milliseconds since 1970 UTC.
    public let now: @Sendable () -> Int64
    /// Its seconds per real second while it goes on by itself; 0 for a clock that a feeder drives, for which nobody waits.
    let speed: Double

    /// A clock of one's own, for a recorded day or a test.
    public init(isRunning: Bool, now: @escaping @Sendable () -> Int64) {
        self.now = now
        speed = isRunning ? 1 : 0
    }

    private init(speed: Double, now: @escaping @Sendable () -> Int64) {
        self.now = now
        self.speed = speed
    }

    /// The machine's clock.
    public static let real = LogClock(isRunning: true) { wallMs() }

    /// A clock that begins now at a time of its own and goes faster than the machine's; for simulated logs only.
    ///
    /// - Parameters:
    ///   - start: what it shows now, milliseconds since 1970 UTC.
    ///   - speed: its seconds per real second, more than 0.
    public static func scaled(from start: Int64, speed: Double) -> LogClock {
        let wallStart = wallMs()
        return LogClock(speed: speed) { start + Int64(Double(wallMs() - wallStart) * speed) }
    }

    /// How long to wait until it shows a time, real milliseconds; nil if it does not go on by itself.
    func wait(until time: Int64) -> Int64? {
        speed > 0 ? Int64((Double(time - now()) / speed).rounded(.up)) : nil
    }

    private static func wallMs() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
