import ArgumentParser
import District
import Facts
import Foundation
import Ledger
import Operations
import Storage
import Synchronization

struct BenchLedger: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger",
        abstract: "Durable facts a second through the sequencer, beside the raw ceiling and SQLite alone.",
        discussion: "Everything is measured in one run on one disk: scan, fold, hashing and index are included.")

    @Option(help: "Facts through the sequencer.")
    var facts: Int = 1_000_000

    @Option(help: ArgumentHelp("Where to write; it should be on the disk that counts.", valueName: "dir"))
    var dir: String = "var/bench"

    @Flag(help: "Print the figures as JSON.")
    var json = false

    /// Facts of one submission, as the marks are stated.
    private static let batch = 1000
    /// Submissions under way at once: enough that one is read while another is folded and a third committed.
    private static let submitters = 4

    func run() async throws {
        let folder = "\(dir)/\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var report = BenchReport(json: json)
        let sample = min(facts, 500_000)
        try measureDisk(folder, &report)
        try measureCeiling(folder, sample, &report)
        try measureSQLite(folder, sample, &report)
        let files = DistrictFiles(store: "\(folder)/district.sqlite")
        try await measureSequencer(files, &report)
        try measureReading(files, &report)
        report.end()
    }

    // MARK: What the machine gives

    private func measureDisk(_ folder: String, _ report: inout BenchReport) throws {
        let file = try RawFile("\(folder)/sync")
        var latencies = Latencies()
        for _ in 0..<200 {
            let clock = ContinuousClock()
            let start = clock.now
            try file.append([UInt8](repeating: 1, count: 4096))
            try file.sync()
            latencies.add(clock.now - start)
        }
        report.add("syncP50Ms", latencies.milliseconds(at: 0.5), "one write of 4 KB and fdatasync, p50", "ms")
    }

    /// Hash, append, one fdatasync per thousand: what no ledger on this disk can beat.
    private func measureCeiling(_ folder: String, _ count: Int, _ report: inout BenchReport) throws {
        let file = try RawFile("\(folder)/ceiling")
        let maker = BenchFacts(time: LogClock.real.now())
        let bodies = (0..<Self.batch).map { maker.fact($0) }
        var tree = MerkleTree()
        let gauge = Gauge()
        for _ in 0..<count / Self.batch {
            var buffer: [UInt8] = []
            buffer.reserveCapacity(Self.batch * BenchFacts.bodyBytes)
            for body in bodies {
                tree.append(Digest.leaf(body))
                buffer += body
            }
            try file.append(buffer)
            try file.sync()
        }
        let rate = Double(count) / gauge.wallSeconds
        report.add("ceilingPerSecond", rate, "raw ceiling: hash + append + fdatasync per 1,000", "facts/s")
    }

    private func measureSQLite(_ folder: String, _ count: Int, _ report: inout BenchReport) throws {
        let store = try SQLiteStore(path: "\(folder)/alone.sqlite", mode: .create)
        let maker = BenchFacts(time: LogClock.real.now())
        let bodies = (0..<Self.batch).map { maker.fact($0) }
        let gauge = Gauge()
        for number in 0..<count / Self.batch {
            var batch = StoredBatch(first: UInt64(number * Self.batch))
            batch.facts = bodies.map { StoredFact(received: 1, salt: Salt(repeating: 7), body: $0) }
            try store.append(batch)
        }
        let rate = Double(count) / gauge.wallSeconds
        try store.close()
        report.add("sqlitePerSecond", rate, "SQLite alone: rows of 300 bytes, 1,000 a commit, FULL", "rows/s")
    }

    // MARK: The sequencer

    private func measureSequencer(_ files: DistrictFiles, _ report: inout BenchReport) async throws {
        try await NewDistrict(name: "bench", isSimulated: true, scenarios: [BenchFacts.scenario()]).found(at: files)
        let district = try RunningDistrict(files)
        _ = try await district.say(
            OperatorFact.registration(
                of: BenchFacts.source, role: .device, token: Token.make(), silentAfterSeconds: 3600))

        let total = facts / Self.batch * Self.batch
        var marks: [(facts: Int, rate: Double)] = []
        let whole = Gauge()
        var done = 0
        var residentAtMillion: Double?
        // In tenths, so that a rate that falls with size shows.
        for tenth in 1...10 {
            let end = total * tenth / 10 / Self.batch * Self.batch
            guard end > done else { continue }
            let gauge = Gauge()
            try await submit(done..<end, to: district)
            marks.append((end, Double(end - done) / gauge.wallSeconds))
            done = end
            if residentAtMillion == nil, done >= 1_000_000 { residentAtMillion = Gauge.residentMB }
        }
        let rate = Double(total) / whole.wallSeconds
        report.add(
            "factsPerSecond", rate, "through the sequencer: \(total) facts of 300 bytes", "facts/s", mark: "≥ 80,000")
        if let last = marks.last {
            report.add("lastTenthPerSecond", last.rate, "  the last tenth of them", "facts/s", mark: "≥ 80,000")
        }
        report.add("slowestTenthPerSecond", marks.map(\.rate).min() ?? 0, "  the slowest tenth of them", "facts/s")
        report.add(
            "cpuMicrosecondsPerFact", whole.cpuSeconds / Double(total) * 1e6, "  CPU a fact, making them included",
            "µs",
            mark: "≤ 12")
        if let residentAtMillion {
            report.add(
                "residentMBAtMillion", residentAtMillion, "  resident after 1,000,000 facts", "MB", mark: "≤ 300")
        }
        report.add("residentMB", Gauge.residentMB, "  resident at the end", "MB", mark: "≤ 300")
        try await measureLatency(district, from: total, &report)
        try await district.stop()
    }

    private func submit(_ numbers: Range<Int>, to district: RunningDistrict) async throws {
        let next = NextBatch(numbers, size: Self.batch)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<Self.submitters {
                group.addTask {
                    let maker = BenchFacts(time: district.clock.now())
                    while let range = next.take() {
                        let intake = Intake(edge: district.published.edge, now: district.clock.now())
                        let read = try intake.readBatch(maker.batch(range), from: .source(BenchFacts.source))
                        for outcome in try await district.sequencer.submit(read) {
                            guard case .accepted = outcome else {
                                throw Console.fail("a fact was not taken: \(outcome)")
                            }
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private func measureLatency(
        _ district: RunningDistrict, from first: Int, _ report: inout BenchReport
    ) async throws {
        var latencies = Latencies()
        let clock = ContinuousClock()
        let maker = BenchFacts(time: district.clock.now())
        for number in first..<first + 1000 {
            let start = clock.now
            let intake = Intake(edge: district.published.edge, now: district.clock.now())
            _ = try await district.sequencer.submit([try intake.read(maker.fact(number), from: .owner)])
            latencies.add(clock.now - start)
        }
        report.add("singleP50Ms", latencies.milliseconds(at: 0.5), "one fact alone, durable: p50", "ms", mark: "≤ 10")
        report.add("singleP99Ms", latencies.milliseconds(at: 0.99), "  p99", "ms")
    }

    // MARK: Reading

    private func measureReading(_ files: DistrictFiles, _ report: inout BenchReport) throws {
        let store = try SQLiteStore(path: files.store, mode: .read)
        let bytes = Double(try store.byteCount()) / Double(store.size)
        report.add("storeBytesPerFact", bytes, "store, bytes a fact of 300", "bytes", mark: "≤ 430")
        let gauge = Gauge()
        let district = try Recovery.district(from: store, useSnapshot: false)
        report.add(
            "replayPerSecond", Double(district.size) / gauge.wallSeconds, "replay from the first fact", "facts/s",
            mark: "≥ 200,000")
        try store.close()
        let opening = Gauge()
        let running = try RunningDistrict(files)
        report.add(
            "startSeconds", opening.wallSeconds, "start with \(district.size) facts and a snapshot", "s", mark: "≤ 3")
        let proofs = PublicLog(running)
        var latencies = Latencies()
        let clock = ContinuousClock()
        let covered = running.published.head.checkpoint?.checkpoint.size ?? 0
        for number in 0..<1000 where covered > 0 {
            let index = UInt64(number) &* 0x9E37_79B9_7F4A_7C15 % covered
            let start = clock.now
            _ = try proofs.proof(of: index)
            latencies.add(clock.now - start)
        }
        report.add("proofP50Ms", latencies.milliseconds(at: 0.5), "an inclusion proof of a random fact, p50", "ms")
        running.beginStop()
    }
}

/// Hands out the next span of numbers to whoever asks.
final class NextBatch: Sendable {
    private let state: Mutex<Int>
    private let end: Int
    private let size: Int

    init(_ numbers: Range<Int>, size: Int) {
        state = Mutex(numbers.lowerBound)
        end = numbers.upperBound
        self.size = size
    }

    func take() -> Range<Int>? {
        state.withLock { next in
            guard next < end else { return nil }
            defer { next = min(end, next + size) }
            return next..<min(end, next + size)
        }
    }
}

/// A file that is appended to and synced, nothing between it and the kernel.
private struct RawFile {
    private let file: FileHandle

    init(_ path: String) throws {
        guard FileManager.default.createFile(atPath: path, contents: nil), let file = FileHandle(forWritingAtPath: path)
        else { throw Console.fail("\(path) cannot be written") }
        self.file = file
    }

    func append(_ bytes: [UInt8]) throws {
        let written = bytes.withUnsafeBytes { Foundation.write(file.fileDescriptor, $0.baseAddress, $0.count) }
        guard written == bytes.count else { throw Console.fail("write failed: \(String(cString: strerror(errno)))") }
    }

    func sync() throws {
        guard fdatasync(file.fileDescriptor) == 0 else {
            throw Console.fail("fdatasync failed: \(String(cString: strerror(errno)))")
        }
    }
}
