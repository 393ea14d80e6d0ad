import ArgumentParser
import Facts
import Foundation
import Operations
import Sensing

struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Reads CSV and GeoJSON files through mappings into the log.",
        discussion: """
            Bad rows are refused with file, line, column and reason; the good ones are kept. Repeating an import adds \
            nothing. Works beside a running server. Exit status: 0 when something was imported or was there already, \
            1 when nothing was.
            """)

    @Option(help: ArgumentHelp("A folder of mappings (YAML).", valueName: "dir"))
    var mapping: String

    @Option(help: ArgumentHelp("The folder with the data.", valueName: "dir"))
    var data: String

    @OptionGroup var store: StoreOption

    @Option(help: "Print at most this many refused rows.")
    var refusals: Int = 20

    @Flag(help: "Print the summary as JSON.")
    var json = false

    func run() async throws {
        let plan: ImportPlan
        do {
            let mappings = try MappingFolder.load(URL(fileURLWithPath: mapping))
            plan = try ImportPlan(data: URL(fileURLWithPath: data), mappings: mappings)
        } catch {
            throw Console.fail("\(error)")
        }
        guard !plan.jobs.isEmpty || !plan.refused.isEmpty else {
            throw Console.fail("no file in \(data) is named by a mapping in \(mapping)")
        }
        let access = try await DistrictAccess(DistrictFiles(store: store.store))
        var total = ImportTotals(shown: refusals)
        for refused in plan.refused { total.note(file: refused.description) }
        do {
            for job in plan.jobs { try await run(job, access, &total) }
        } catch {
            try? await access.close()
            throw error
        }
        try await access.close()
        if !plan.unused.isEmpty, !json {
            Console.note("no mapping for: \(plan.unused.joined(separator: ", "))")
        }
        Console.print(json ? String(decoding: total.json.text, as: UTF8.self) : total.description)
        if total.accepted + total.duplicates == 0 { throw ExitCode(1) }
    }

    private func run(_ job: ImportPlan.Job, _ access: DistrictAccess, _ total: inout ImportTotals) async throws {
        try await register(job.mapping.source, access)
        var progress = Progress(job.path)
        var file: FileImport
        do {
            file = try FileImport(file: job.file, mapping: job.mapping)
        } catch {
            total.note(file: error.description)
            return
        }
        while true {
            let batch: ImportBatch?
            do {
                batch = try file.next()
            } catch {
                // What was read before it stands; the rest of this file does not.
                total.note(file: error.description)
                break
            }
            guard let batch else { break }
            for refusal in batch.refusals { total.note(row: refusal.description) }
            if !batch.facts.isEmpty {
                let outcomes = try await access.submit(batch.facts.map(\.json))
                for (fact, outcome) in zip(batch.facts, outcomes) { total.note(outcome, of: fact) }
            }
            progress.show(UInt64(file.bytesRead), of: UInt64(max(1, file.totalBytes)), "bytes")
        }
        progress.end()
        total.note(file.report)
        if file.report.ambiguousTimes > 0 {
            Console.note(
                "\(job.path): \(file.report.ambiguousTimes) local times exist twice (the clocks went back); took the first"
            )
        }
    }

    /// The mapping's source, let in by whoever runs the import; nobody has its token.
    private func register(_ source: String, _ access: DistrictAccess) async throws {
        guard try await !access.sourceIDs().contains(source) else { return }
        let outcome = try await access.say(
            OperatorFact.registration(of: source, role: .gateway, token: Token.make()))
        if case .refused(let refusal) = outcome { throw Console.fail("source \(source): \(refusal.message)") }
    }
}

/// What an import came to.
struct ImportTotals: CustomStringConvertible {
    private let shown: Int
    private(set) var files = 0
    private(set) var rows = 0
    private(set) var accepted = 0
    private(set) var duplicates = 0
    private(set) var refusedRows = 0
    private(set) var refusedFacts = 0
    private(set) var refusedFiles = 0
    private var refusals: [String] = []
    private var types: [String: Int] = [:]

    init(shown: Int) { self.shown = shown }

    mutating func note(_ report: ImportReport) {
        files += 1
        rows += report.rows
    }

    mutating func note(file refusal: String) {
        refusedFiles += 1
        note(refusal)
    }

    mutating func note(row refusal: String) {
        refusedRows += 1
        note(refusal)
    }

    mutating func note(_ outcome: Outcome, of fact: MappedFact) {
        switch outcome {
        case .accepted:
            accepted += 1
            types[fact.type, default: 0] += 1
        case .duplicate: duplicates += 1
        case .refused(let refusal):
            refusedFacts += 1
            note("\(fact.file):\(fact.line): \(fact.type): \(refusal.message)")
        }
    }

    private mutating func note(_ refusal: String) {
        refusals.append(refusal)
        if refusals.count <= shown { Console.note("refused: \(refusal)") }
        if refusals.count == shown + 1 { Console.note("refused: more rows; the first \(shown) are shown") }
    }

    private var byType: [(String, Int)] { types.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }

    var description: String {
        var lines = ["\(rows) rows in \(files) files: \(accepted) facts taken, \(duplicates) were there already"]
        if refusedRows + refusedFacts + refusedFiles > 0 {
            lines.append("refused: \(refusedRows) rows, \(refusedFacts) facts, \(refusedFiles) files")
        }
        lines += byType.map { "  \($0.0)  \($0.1)" }
        return lines.joined(separator: "\n")
    }

    var json: JSONValue {
        .members([
            "files": .integer(Int64(files)), "rows": .integer(Int64(rows)), "facts": .integer(Int64(accepted)),
            "duplicates": .integer(Int64(duplicates)), "refusedRows": .integer(Int64(refusedRows)),
            "refusedFacts": .integer(Int64(refusedFacts)), "refusedFiles": .integer(Int64(refusedFiles)),
            "types": .object(byType.map { .init($0.0, .integer(Int64($0.1))) }),
            "refused": .array(refusals.map { .string($0) }),
        ])
    }
}
