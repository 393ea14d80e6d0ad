import District
import Facts
import Foundation
import Ledger
import Operations
import Storage
import Synchronization

/// What the server counts, in Prometheus' text format (exposition format 0.0.4).
final class Metrics: Sendable {
    private let accepted = Atomic<Int>(0)
    private let duplicates = Atomic<Int>(0)
    private let refused = Mutex<[Refusal.Code: Int]>([:])
    private let busy = Atomic<Int>(0)
    let streams = Atomic<Int>(0)
    private let rate = Mutex<[(at: ContinuousClock.Instant, size: UInt64)]>([])
    private let started = Date()

    /// The rate is that of this window.
    private static let rateWindow = Duration.seconds(5)

    func count(_ outcomes: [Outcome]) {
        var taken = 0
        var repeated = 0
        for outcome in outcomes {
            switch outcome {
            case .accepted: taken += 1
            case .duplicate: repeated += 1
            case .refused(let refusal): count(refusal)
            }
        }
        accepted.add(taken, ordering: .relaxed)
        duplicates.add(repeated, ordering: .relaxed)
    }

    func count(_ refusal: Refusal) { refused.withLock { $0[refusal.code, default: 0] += 1 } }

    func count(_ error: SubmissionError) {
        if case .busy = error { busy.add(1, ordering: .relaxed) }
    }

    /// Facts per second between the looks of the last five seconds, one decimal.
    func rate(size: UInt64) -> Double {
        let now = ContinuousClock.now
        return rate.withLock { looks in
            looks.append((now, size))
            while looks.count > 2, now - looks[1].at > Self.rateWindow { looks.removeFirst() }
            guard let first = looks.first, first.at < now else { return 0 }
            let seconds =
                Double((now - first.at).components.attoseconds) / 1e18 + Double((now - first.at).components.seconds)
            return (Double(size - first.size) / seconds * 10).rounded() / 10
        }
    }

    func text(_ district: RunningDistrict) -> String {
        let head = district.published.head
        var lines: [String] = []
        func metric(_ name: String, _ kind: String, _ help: String, _ samples: [(labels: String, value: String)]) {
            lines.append("# HELP jianghan_\(name) \(help)")
            lines.append("# TYPE jianghan_\(name) \(kind)")
            lines += samples.map { "jianghan_\(name)\($0.labels) \($0.value)" }
        }
        func gauge(_ name: String, _ help: String, _ value: some CustomStringConvertible) {
            metric(name, "gauge", help, [("", "\(value)")])
        }
        func counter(_ name: String, _ help: String, _ value: some CustomStringConvertible) {
            metric(name, "counter", help, [("", "\(value)")])
        }
        gauge("log_size", "Facts committed.", head.size)
        counter("facts_accepted_total", "Facts taken over HTTP.", accepted.load(ordering: .relaxed))
        counter("facts_duplicate_total", "Facts that were in the log already.", duplicates.load(ordering: .relaxed))
        let refusals = refused.withLock { $0 }
        metric(
            "facts_refused_total", "counter", "Facts refused, by code.",
            Refusal.Code.allCases.map { ("{code=\"\($0.rawValue)\"}", "\(refusals[$0] ?? 0)") })
        counter("requests_busy_total", "Requests answered with 429.", busy.load(ordering: .relaxed))
        gauge("queue_facts", "Facts that wait for the sequencer.", district.sequencer.waiting)
        gauge("event_streams", "Open event streams.", streams.load(ordering: .relaxed))
        if let (checkpoint, _, signedAt) = head.checkpoint {
            gauge("checkpoint_size", "Facts that the last checkpoint covers.", checkpoint.size)
            gauge(
                "checkpoint_age_seconds", "Age of the last checkpoint.",
                Double(district.clock.now() - signedAt) / 1000)
        }
        let silent = zip(district.published.edge.registrations, district.published.activities).filter {
            !$0.isRevoked && $1.silentSince != nil
        }
        gauge("sources", "Sources registered.", district.published.edge.registrations.count)
        gauge("sources_silent", "Sources that are silent beyond their stated time.", silent.count)
        if let bytes = try? district.store.byteCount() { gauge("store_bytes", "Bytes of the store on disk.", bytes) }
        var usage = rusage()
        if getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 {
            let cpu =
                Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
                + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
            counter("process_cpu_seconds_total", "CPU time of the process.", cpu)
        }
        if let resident = Self.residentBytes { gauge("process_resident_memory_bytes", "Resident memory.", resident) }
        gauge("uptime_seconds", "Since the server started.", Int(Date().timeIntervalSince(started)))
        return lines.joined(separator: "\n") + "\n"
    }

    /// From /proc/self/statm: the second number, in pages.
    private static var residentBytes: Int? {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return nil }
        let fields = text.split(separator: " ")
        return fields.count > 1 ? Int(fields[1]).map { $0 * sysconf(Int32(_SC_PAGESIZE)) } : nil
    }
}
