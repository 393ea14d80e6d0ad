import Foundation

/// What the process has used, from the kernel.
struct Gauge {
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private let cpuAtStart: Double

    init() {
        start = clock.now
        cpuAtStart = Self.cpuSeconds
    }

    /// Since it was made.
    var wallSeconds: Double { (clock.now - start).seconds }
    /// Of all threads, user and system, since it was made.
    var cpuSeconds: Double { Self.cpuSeconds - cpuAtStart }

    private static var cpuSeconds: Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
            + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
    }

    /// Megabytes resident now.
    static var residentMB: Double {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0
        return (pages * Double(sysconf(Int32(_SC_PAGESIZE))) / 1e6).rounded()
    }
}

/// Durations in the order of their length.
struct Latencies {
    private var seconds: [Double] = []

    mutating func add(_ duration: Duration) { seconds.append(duration.seconds) }
    mutating func add(_ others: Latencies) { seconds += others.seconds }

    /// The value below which that share lies, milliseconds, nearest rank.
    func milliseconds(at share: Double) -> Double {
        let sorted = seconds.sorted()
        guard !sorted.isEmpty else { return 0 }
        let rank = Int((share * Double(sorted.count)).rounded(.up))
        return (sorted[max(0, min(sorted.count, rank) - 1)] * 1e6).rounded() / 1000
    }
}
