import Client
import Facts
import Foundation
import Ledger
import Testing

/// A day of calls becomes a log that strangers' tools accept, and refuse as soon as it was touched.
@Suite(.turn) struct RealDayTests {
    private static let mapping = Place.inRepository("Examples/san-francisco")

    @Test func anInventedDay() async throws {
        let day = try MiniDay()
        let report = try await lifeOfADay(day.folder.path)
        #expect(report["facts"]?.integer == Int64(day.facts))
        #expect(report["refusedRows"]?.integer == Int64(day.badRows))
    }

    /// 529 rows, 227 calls, 82 units of 5 January 2017, and 42 fire stations.
    @Test(.enabled(if: Place.shared("data/sf-day") != nil, "the day's data are not beside the repository"))
    func aRealDay() async throws {
        let report = try await lifeOfADay(try #require(Place.shared("data/sf-day")))
        let facts: Int64 = 227 + 529 + 506 + 402 + 148 + 143 + 529 + 42
        #expect(report["facts"]?.integer == facts)
        #expect(report["refusedRows"]?.integer == 0)
    }

    private func lifeOfADay(_ data: String) async throws -> JSONValue {
        let store = try await Store()
        func load() async throws -> JSONValue {
            let ran = try await jianghan(
                "import", "--mapping", Self.mapping, "--data", data, "--store", store.path, "--json")
            #expect(ran.status == 0, "\(ran.all)")
            return try JSONValue(parsing: Array(ran.output.utf8))
        }
        let first = try await load()
        let digest = try await store.replayed()
        let again = try await load()
        #expect(again["facts"]?.integer == 0)
        #expect(again["duplicates"] == first["facts"])
        #expect(try await store.replayed() == digest, "importing again changed the state")
        #expect(try await store.replayed("--snapshot") == digest)
        #expect(try await store.audited()["digest"]?.string == digest)

        let log = try await exported(store)
        let size = try log.verified().size
        #expect(size == UInt64(try await store.facts().count))
        if await Judges.hasTlogcheck {
            let verdict = try await Judges.shared.tlogcheck(log.path)
            #expect(verdict.accepted, "\(verdict.said)")
        }
        return first
    }

    private func exported(_ store: Store) async throws -> LogDirectory {
        let path = store.folder.file("log")
        let ran = try await jianghan("log", "export", "--store", store.path, "--to", path)
        try #require(ran.status == 0, "\(ran.all)")
        return LogDirectory(path: path)
    }

    private func smallLog() async throws -> (store: Store, log: LogDirectory) {
        let day = try MiniDay(seed: 2)
        let store = try await Store()
        let ran = try await jianghan(
            "import", "--mapping", Self.mapping, "--data", day.folder.path, "--store", store.path)
        try #require(ran.status == 0, "\(ran.all)")
        return (store, try await exported(store))
    }

    /// What can be changed without the signing key.
    enum Tampering: CaseIterable {
        case bundle
        case tile
        case size

        func apply(to log: LogDirectory) throws {
            switch self {
            case .bundle: try flip(log.path + "/tile/entries/000", at: 1_000)
            case .tile: try flip(log.path + "/tile/0/000", at: 1_000)
            case .size:
                var lines = text(at: log.path + "/checkpoint").components(separatedBy: "\n")
                lines[1] = String((Int(lines[1]) ?? 0) - 1)
                try Data(lines.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: log.path + "/checkpoint"))
            }
        }

        private func flip(_ path: String, at place: Int) throws {
            var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            bytes[place] ^= 1
            try bytes.write(to: URL(fileURLWithPath: path))
        }
    }

    @Test func weRefuseWhatWasTouched() async throws {
        let (store, log) = try await smallLog()
        for tampering in Tampering.allCases {
            let copy = try damaged(log, tampering, in: store.folder)
            #expect(throws: LogVerificationError.self, "\(tampering)") { try copy.verified() }
        }
    }

    @Test(.enabled("Go or tlogcheck is missing") { await Judges.hasTlogcheck })
    func goRefusesWhatWasTouched() async throws {
        let (store, log) = try await smallLog()
        for tampering in Tampering.allCases {
            let verdict = try await Judges.shared.tlogcheck(try damaged(log, tampering, in: store.folder).path)
            #expect(!verdict.accepted && verdict.said.contains("FAIL"), "\(tampering): \(verdict.said)")
        }
    }

    @Test(.enabled("Python, sigstore or pymerkle is missing") { await Judges.hasPython })
    func pythonAcceptsTheLogAndRefusesWhatWasTouched() async throws {
        let (store, log) = try await smallLog()
        let verdict = try await Judges.shared.pyverify(log.path)
        #expect(verdict.accepted, "\(verdict.said)")
        for tampering in Tampering.allCases {
            let verdict = try await Judges.shared.pyverify(try damaged(log, tampering, in: store.folder).path)
            #expect(!verdict.accepted && verdict.said.contains("FAIL"), "\(tampering): \(verdict.said)")
        }
    }

    private func damaged(_ log: LogDirectory, _ tampering: Tampering, in folder: Folder) throws -> LogDirectory {
        let copy = LogDirectory(path: folder.file("damaged-\(tampering)"))
        try FileManager.default.copyItem(atPath: log.path, toPath: copy.path)
        try tampering.apply(to: copy)
        return copy
    }

    /// The log of a running server, copied over HTTP while facts come in.
    @Test func theServedLogIsTheLog() async throws {
        let day = try MiniDay(seed: 3)
        var store = try await Store()
        let token = try await store.add("device/a")
        let served = try await Served(store)
        // Beside the running server.
        let ran = try await jianghan(
            "import", "--mapping", Self.mapping, "--data", day.folder.path, "--store", store.path)
        #expect(ran.status == 0, "\(ran.all)")
        #expect(try await served.say(Said.fell("last", from: "device/a"), token).status == 201)
        let size = try await served.client.status().size
        let isSigned = try await served.wait { try await served.client.status().checkpoint?.size == size }
        #expect(isSigned)

        let log = try await LogDirectory.mirror(served, to: store.folder.file("mirror"))
        #expect(try log.verified().size == size)
        let proof = try await served.get("/facts/\(size - 1)/proof")
        #expect(proof.status == 200)
        #expect(proof.header("Content-Type") == "text/plain; charset=utf-8")
        let proofFile = try store.folder.write(proof.text, to: "fact.tlog-proof")
        if await Judges.hasTlogcheck {
            let verdict = try await Judges.shared.tlogcheck(log.path)
            #expect(verdict.accepted, "\(verdict.said)")
        }
        if await Judges.hasPython {
            let verdict = try await Judges.shared.pyverify(log.path, proof: proofFile)
            #expect(verdict.accepted, "\(verdict.said)")
        }
        try await served.stopWell()
        // The export is the same to the byte.
        let exported = try await exported(store)
        #expect(try exported.verified().root == log.verified().root)
        for tile in Tile.tiles(forSize: size) {
            let isSame = FileManager.default.contentsEqual(
                atPath: exported.path + "/" + tile.path, andPath: log.path + "/" + tile.path)
            #expect(isSame, "\(tile.path)")
        }
    }
}
