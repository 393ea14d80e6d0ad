import Foundation
import Ledger
import Testing

/// A log made here, judged by golang.org/x/mod through a tool that lies beside the repository.
///
/// Skipped without that tool, without Go, or without Debian's package golang-golang-x-mod-dev.
@Suite(.serialized, .enabled(if: GoJudge.isAvailable)) struct GoJudgeTests {
    @Test func goAcceptsOurLogAndRefusesDamagedOnes() throws {
        let judge = try GoJudge()
        defer { judge.remove() }
        let size: UInt64 = 66_000
        let log = try LogFixture(size: Int(size))
        for index in [0, 255, 65_536] as [UInt64] {
            #expect(try judge.judge(log, proofs: proofs(of: log, index: index)).contains("ALL OK"))
        }

        var damaged = log
        damaged.resources["tile/entries/123"]?[10] ^= 1
        #expect(try judge.judge(damaged, proofs: [:]).contains("FAIL"))
        damaged = log
        damaged.resources["tile/1/000"]?[40] ^= 1
        #expect(try judge.judge(damaged, proofs: [:]).contains("FAIL"))
        damaged = log
        try damaged.sign(size: size - 1, root: log.grown.tree.root)
        #expect(try judge.judge(damaged, proofs: [:]).contains("FAIL"))
    }

    /// One inclusion and one consistency proof in the files that the judge reads, a value a line.
    private func proofs(of log: LogFixture, index: UInt64) throws -> [String: String] {
        let hashes = log.grown.hashes
        let size = log.grown.tree.size
        let inclusion = try hashes.inclusionProof(index: index, size: size)
        let consistency = try hashes.consistencyProof(from: index + 1, to: size)
        let lines = [
            "proof-inc": try [String(index), hashes.leaf(index: index).base64] + inclusion.map(\.base64),
            "proof-con": try [String(index + 1), hashes.root(size: index + 1).base64] + consistency.map(\.base64),
        ]
        return lines.mapValues { $0.joined(separator: "\n") + "\n" }
    }
}

/// The built judge in a folder of its own.
private struct GoJudge {
    static let source = SharedData.path("tools/ledger/tlogcheck.go")
    static let go = ["/usr/bin/go", "/usr/local/go/bin/go"].first { FileManager.default.isExecutableFile(atPath: $0) }
    static var isAvailable: Bool {
        source != nil && go != nil && FileManager.default.fileExists(atPath: "/usr/share/gocode/src/golang.org/x/mod")
    }

    private let folder: URL
    private let program: URL

    init() throws {
        let source = try #require(GoJudge.source)
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("ledger-judge-\(UUID().uuidString)")
        program = folder.appendingPathComponent("tlogcheck")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try FileManager.default.copyItem(at: source, to: folder.appendingPathComponent("tlogcheck.go"))
        let built = try run(
            URL(fileURLWithPath: #require(GoJudge.go)), ["build", "-o", program.path, "tlogcheck.go"],
            environment: [
                "GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOFLAGS": "",
                "GOCACHE": folder.appendingPathComponent("cache").path, "PATH": "/usr/bin:/bin", "HOME": folder.path,
            ])
        try #require(built.status == 0, "\(built.output)")
    }

    func judge(_ log: LogFixture, proofs: [String: String]) throws -> String {
        let place = folder.appendingPathComponent("log-\(UUID().uuidString)")
        try log.write(to: place)
        for (name, text) in proofs {
            try Data(text.utf8).write(to: place.appendingPathComponent(name))
        }
        let result = try run(program, [place.path, log.signer.verifierKey.text], environment: [:])
        #expect((result.status == 0) == result.output.contains("ALL OK"))
        return result.output
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }

    private func run(
        _ program: URL, _ arguments: [String], environment: [String: String]
    ) throws -> (status: Int32, output: String) {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = program
        process.arguments = arguments
        process.environment = environment
        process.currentDirectoryURL = folder
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}
