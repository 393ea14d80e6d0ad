import ArgumentParser
import District
import Facts
import Foundation
import Operations
import Storage

struct LogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log", abstract: "Exports and shows a log.",
        subcommands: [Export.self, Show.self, RestoreGuard.self])

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Writes the public log as a C2SP tlog-tiles directory, and the verifier key to DIR/vkey.")

        @OptionGroup var store: StoreOption

        @Option(help: ArgumentHelp("Where to; a later run adds what is new.", valueName: "dir"))
        var to: String

        func run() async throws {
            let files = DistrictFiles(store: store.store)
            do {
                let store = try await signedStore(files)
                let log = try LogExport(store)
                guard let founding = try Recovery.founding(of: store) else {
                    throw Console.fail("\(files.store) holds no district")
                }
                var progress = Progress("export")
                try log.write(to: to, verifierKey: founding.verifierKey) { progress.show($0, of: log.factCount) }
                progress.end()
                Console.print("\(log.factCount) facts of \(founding.origin) in \(to)")
                if store.size > log.factCount {
                    Console.note("\(store.size - log.factCount) newer facts are not covered by a checkpoint yet")
                }
                try store.close()
            } catch let code as ExitCode {
                throw code
            } catch {
                throw Console.fail("\(error)")
            }
        }

        /// The store, with a checkpoint over all of it where it can be signed here: nobody serves it and the key is here.
        private func signedStore(_ files: DistrictFiles) async throws -> SQLiteStore {
            let store = try SQLiteStore(path: files.store, mode: .read)
            let covered = try? LogExport(store).factCount
            guard covered != store.size else { return store }
            do {
                try await RunningDistrict(files).stop()
            } catch OpeningError.locked, OpeningError.noKey {
                // Served by another process, or a copy without its key: what was signed is what there is.
                return store
            }
            try store.close()
            return try SQLiteStore(path: files.store, mode: .read)
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows facts: index, received, type, subject, source; with --json each as one line of JSON.")

        @OptionGroup var store: StoreOption

        @Option(help: "The first index.")
        var from: UInt64 = 0

        @Option(help: "Only facts of this type.")
        var type: String?

        @Option(help: "At most this many facts.")
        var limit: Int?

        @Flag(help: "One JSON object a line, with the fact as it is kept.")
        var json = false

        func run() async throws {
            do {
                let store = try SQLiteStore(path: store.store, mode: .read)
                var next = from
                var shown = 0
                let size = store.size
                while next < size, shown < limit ?? .max {
                    for fact in try store.facts(in: next..<min(next + Limits.readFacts, size)) {
                        defer { next += 1 }
                        let body = try JSONValue(parsing: fact.body)
                        guard type == nil || body["type"]?.string == type, shown < limit ?? .max else { continue }
                        shown += 1
                        Console.print(json ? Self.json(fact, next) : Self.line(fact, body, next))
                    }
                }
                try store.close()
            } catch {
                throw Console.fail("\(error)")
            }
        }

        private static func json(_ fact: StoredFact, _ index: UInt64) -> [UInt8] {
            let head = "{\"index\":\(index),\"received\":\"\(Timestamp.format(fact.received))\",\"fact\":"
            return Array(head.utf8) + fact.body.filter { $0 != 0x0A && $0 != 0x0D } + [UInt8(ascii: "}")]
        }

        private static func line(_ fact: StoredFact, _ body: JSONValue, _ index: UInt64) -> [UInt8] {
            let columns = ["type", "subject", "source"].map { body[$0]?.string ?? "-" }
            return Array(([String(index), Timestamp.format(fact.received)] + columns).joined(separator: "\t").utf8)
        }
    }

    struct RestoreGuard: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Takes the store's own last checkpoint for the last that anybody saw.",
            discussion: """
                The guard file beside the store keeps a restored old backup from forking the log. If it was lost, and \
                the store was NOT restored from a backup, this writes it again.
                """)

        @OptionGroup var store: StoreOption

        func run() async throws {
            let files = DistrictFiles(store: store.store)
            do {
                let size = try CheckpointGuard.restore(files)
                Console.print("\(files.guardFile) holds the checkpoint of \(size) facts")
            } catch {
                throw Console.fail("\(error)")
            }
        }
    }
}
