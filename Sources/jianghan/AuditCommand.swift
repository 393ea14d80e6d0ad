import ArgumentParser
import Facts
import Foundation
import Operations
import Storage

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Checks a whole log against itself and re-derives what the rules demanded.",
        discussion: """
            Exit status: 0 when all holds, with the digest of the state; 1 when something does not, with the first index \
            at which it shows; 2 when the audit could not run.
            """)

    @OptionGroup var store: StoreOption

    @Option(
        help: ArgumentHelp(
            "A checkpoint of this log that was seen earlier, a file; held against the log as well.", valueName: "file"))
    var checkpoint: String?

    @Flag(help: "Print the report as JSON.")
    var json = false

    func run() async throws {
        let clock = ContinuousClock()
        let start = clock.now
        let report: Audit.Report
        do {
            let files = DistrictFiles(store: self.store.store)
            // The guard before the store: beside a running server it may only be behind it.
            let seen = try [checkpoint ?? files.guardFile].compactMap { path -> String? in
                guard let data = FileManager.default.contents(atPath: path) else {
                    if path == checkpoint { throw StoreError.io("\(path) cannot be read") }
                    return nil
                }
                return String(decoding: data, as: UTF8.self)
            }.first
            let store = try SQLiteStore(path: files.store, mode: .read)
            guard store.size > 0 else { throw StoreError.notAStore("the log is empty") }
            var progress = Progress("audit")
            // Without the persons' keys all but the private parts can be checked.
            let keys = FileManager.default.fileExists(atPath: files.people) ? try PersonKeys(path: files.people) : nil
            if keys == nil { Console.note("\(files.people) is missing: private parts are not checked") }
            report = try Audit(store, people: keys, seen: seen).run { progress.show($0, of: store.size) }
            progress.end()
            try store.close()
        } catch {
            throw Console.fail("the audit could not run: \(error)", code: 2)
        }
        let seconds = (clock.now - start).seconds
        Console.print(
            json ? String(decoding: report.json(seconds: seconds).text, as: UTF8.self) : report.text(seconds: seconds))
        if report.finding != nil { throw ExitCode(1) }
    }
}

extension Audit.Report {
    func json(seconds: Double) -> JSONValue {
        .members([
            "ok": .bool(finding == nil), "facts": .integer(Int64(facts)), "digest": .string(digest),
            "root": .string(root), "checkpointSize": checkpointSize.map { .integer(Int64($0)) } ?? .null,
            "finding": finding.map { .members(["index": .integer(Int64($0.index)), "what": .string($0.what)]) }
                ?? .null,
            "gaps": .array(
                gaps.map {
                    .members([
                        "source": .string($0.source), "first": .integer(Int64(clamping: $0.missing.lowerBound)),
                        "last": .integer(Int64(clamping: $0.missing.upperBound)),
                    ])
                }),
            "unverifiedSpans": .array(
                unverifiedSpans.map {
                    .members(["first": .integer(Int64($0.lowerBound)), "last": .integer(Int64($0.upperBound))])
                }),
            "seconds": .double(seconds),
        ])
    }

    func text(seconds: Double) -> String {
        var lines: [String] = []
        if let finding {
            lines.append("fact \(finding.index): \(finding.what)")
            lines.append("checked up to there: \(facts) facts")
        } else {
            lines.append("all holds: \(facts) facts in \(seconds) s")
        }
        lines.append("digest \(digest)")
        lines.append("root   \(root)")
        lines.append(checkpointSize.map { "signed up to \($0) facts" } ?? "no checkpoint was signed")
        for span in unverifiedSpans {
            lines.append("facts \(span.lowerBound) to \(span.upperBound): another fold's; consequences not re-derived")
        }
        for gap in gaps.prefix(20) {
            lines.append("\(gap.source) never sent \(gap.missing.lowerBound) to \(gap.missing.upperBound)")
        }
        if gaps.count > 20 { lines.append("… and \(gaps.count - 20) more gaps (--json shows all)") }
        return lines.joined(separator: "\n")
    }
}

extension Duration {
    /// Seconds, to the microsecond.
    var seconds: Double {
        let (seconds, attoseconds) = components
        return ((Double(seconds) + Double(attoseconds) / 1e18) * 1e6).rounded() / 1e6
    }
}
