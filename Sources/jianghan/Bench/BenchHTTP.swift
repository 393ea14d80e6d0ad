import ArgumentParser
import Client
import Crypto
import Facts
import Foundation
import Operations

struct BenchHTTP: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "http",
        abstract: "Facts a second through HTTP, server and load generator on the same machine.")

    @Option(help: "Facts in batches.")
    var facts: Int = 1_000_000

    @Option(help: "Facts of one request.")
    var batch: Int = 500

    @Option(help: "Requests under way at once.")
    var connections: Int = 8

    @Option(help: ArgumentHelp("Where to write.", valueName: "dir"))
    var dir: String = "var/bench"

    @Flag(help: "Print the figures as JSON.")
    var json = false

    func run() async throws {
        let folder = "\(dir)/\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var report = BenchReport(json: json)
        let files = DistrictFiles(store: "\(folder)/district.sqlite")
        let token = Token.make()
        let key = Curve25519.Signing.PrivateKey()
        try await NewDistrict(name: "bench", isSimulated: true, scenarios: [BenchFacts.scenario()]).found(at: files)
        let access = try await DistrictAccess(files)
        _ = try await access.say(
            OperatorFact.registration(
                of: BenchFacts.source, role: .device, token: token,
                key: SourceKey(.edDSA, raw: key.publicKey.rawRepresentation)))
        try await access.close()

        let server = try ServerProcess(files)
        defer { server.end() }
        let client = try JianghanClient(base: try server.url(), token: token)
        let maker = BenchFacts(time: LogClock.real.now())
        try await measure("", "in batches of \(batch)", facts / batch, client, &report, mark: "≥ 40,000", as: .batch) {
            maker.batch($0 * batch..<($0 + 1) * batch)
        }
        let signed = max(1, facts / 20 / batch)
        let offset = facts
        try await measure("signed", "signed (EdDSA), in batches of \(batch)", signed, client, &report, as: .signed) {
            number in
            let first = offset + number * batch
            let facts = try (first..<first + batch).map { try SignedBenchFact.jws(maker.fact($0), key) }
            return [UInt8(ascii: "[")] + facts.joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: "]")]
        }
        report.add("serverResidentMB", server.residentMB, "server resident at the end", "MB", mark: "≤ 300")
        report.end()
    }

    private func measure(
        _ prefix: String, _ label: String, _ requests: Int, _ client: JianghanClient, _ report: inout BenchReport,
        mark: String = "", as form: JianghanClient.FactFormat, body: @escaping @Sendable (Int) throws -> [UInt8]
    ) async throws {
        let next = NextBatch(0..<requests, size: 1)
        let gauge = Gauge()
        let latencies = try await withThrowingTaskGroup(of: Latencies.self) { group in
            for _ in 0..<connections {
                group.addTask {
                    var latencies = Latencies()
                    let clock = ContinuousClock()
                    while let number = next.take()?.lowerBound {
                        let bytes = try body(number)
                        let start = clock.now
                        var answer = try await client.postRaw(bytes, as: form)
                        while answer.status == 429 {
                            try await Task.sleep(for: .milliseconds(50))
                            answer = try await client.postRaw(bytes, as: form)
                        }
                        latencies.add(clock.now - start)
                        guard answer.status == 200, !answer.text.contains("error") else {
                            throw Console.fail("\(answer.status) \(answer.text.prefix(300))")
                        }
                    }
                    return latencies
                }
            }
            return try await group.reduce(into: Latencies()) { $0.add($1) }
        }
        let rate = Double(requests * batch) / gauge.wallSeconds
        let key = prefix.isEmpty ? "" : prefix + "."
        report.add(key + "factsPerSecond", rate, "facts over HTTP, \(label)", "facts/s", mark: mark)
        report.add(key + "answerP50Ms", latencies.milliseconds(at: 0.5), "  answer p50", "ms")
        report.add(
            key + "answerP99Ms", latencies.milliseconds(at: 0.99), "  answer p99", "ms",
            mark: mark.isEmpty ? "" : "≤ 250")
        report.add(
            key + "generatorMicrosecondsPerFact", gauge.cpuSeconds / Double(requests * batch) * 1e6,
            "  of which the load generator, CPU a fact", "µs")
    }
}

/// A bench fact as a flattened JWS.
enum SignedBenchFact {
    static func jws(_ body: [UInt8], _ key: Curve25519.Signing.PrivateKey) throws -> [UInt8] {
        let header = Base64URL.encode("{\"alg\":\"EdDSA\",\"kid\":\"\(BenchFacts.source)\"}".utf8)
        let payload = Base64URL.encode(body)
        let signature = Base64URL.encode(try key.signature(for: Array("\(header).\(payload)".utf8)))
        return Array("{\"payload\":\"\(payload)\",\"protected\":\"\(header)\",\"signature\":\"\(signature)\"}".utf8)
    }
}

/// This program serving a district in a process of its own.
final class ServerProcess {
    private let process = Process()
    private let output = Pipe()

    init(_ files: DistrictFiles) throws {
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = ["serve", "--store", files.store, "--listen", "127.0.0.1:0"]
        process.standardOutput = output
        try process.run()
    }

    /// Waits until it listens.
    func url() throws -> String {
        var text = ""
        while !text.contains("\n") {
            let data = output.fileHandleForReading.availableData
            guard !data.isEmpty else { throw Console.fail("the server did not start") }
            text += String(decoding: data, as: UTF8.self)
        }
        guard let url = text.split(whereSeparator: \.isWhitespace).first(where: { $0.hasPrefix("http://") }) else {
            throw Console.fail("the server said: \(text)")
        }
        return String(url)
    }

    /// Megabytes resident, from the kernel.
    var residentMB: Double {
        let path = "/proc/\(process.processIdentifier)/statm"
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0
        return (pages * Double(sysconf(Int32(_SC_PAGESIZE))) / 1e6).rounded()
    }

    func end() {
        process.terminate()
        process.waitUntilExit()
    }
}
