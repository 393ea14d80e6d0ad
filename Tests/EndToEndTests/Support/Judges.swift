import Client
import Foundation
import Ledger

/// Strangers' tools that judge our log, built from what lies beside the repository and kept in the build folder.
/// Without Go, Python, the network or those tools, the tests that need them are skipped.
actor Judges {
    static let shared = Judges()

    private var go: Task<String?, Never>?
    private var python: Task<String?, Never>?

    /// The built `tlogcheck`: golang.org/x/mod.
    func tlogcheck() async -> String? {
        if go == nil { go = Task { await Self.buildTlogcheck() } }
        return await go?.value
    }

    /// A Python with sigstore and pymerkle.
    func interpreter() async -> String? {
        if python == nil { python = Task { await Self.makeInterpreter() } }
        return await python?.value
    }

    static var hasTlogcheck: Bool { get async { await shared.tlogcheck() != nil } }
    static var hasPython: Bool { get async { await shared.interpreter() != nil } }

    /// Whether the log in a directory is accepted, and what the judge said.
    func tlogcheck(_ directory: String) async throws -> (accepted: Bool, said: String) {
        guard let program = await tlogcheck() else { return (false, "no tlogcheck") }
        let vkey = text(at: directory + "/vkey").trimmingCharacters(in: .whitespacesAndNewlines)
        let ran = try await run(program, [directory, vkey])
        return (ran.status == 0 && ran.all.contains("ALL OK"), ran.all)
    }

    /// As above; with a `.tlog-proof`, that one is judged too.
    func pyverify(_ directory: String, proof: String? = nil) async throws -> (accepted: Bool, said: String) {
        guard let interpreter = await interpreter(), let script = Place.shared("tools/ledger/pyverify.py") else {
            return (false, "no Python")
        }
        let ran = try await run(interpreter, [script, directory, directory + "/vkey"] + (proof.map { [$0] } ?? []))
        return (ran.status == 0 && ran.all.contains("ALL OK"), ran.all)
    }

    private static let folder = Place.inRepository(".build/judges")

    private static func buildTlogcheck() async -> String? {
        guard let go = Place.tool("go"), let source = Place.shared("tools/ledger/tlogcheck.go"),
            FileManager.default.fileExists(atPath: "/usr/share/gocode/src/golang.org/x/mod")
        else { return nil }
        let program = folder + "/tlogcheck"
        if FileManager.default.isExecutableFile(atPath: program) { return program }
        let new = program + ".new"
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let built = try? await run(
            go, ["build", "-o", new, source],
            environment: [
                "GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOFLAGS": "", "GOCACHE": folder + "/go-cache",
            ], within: .seconds(120))
        guard built?.status == 0, rename(new, program) == 0 else { return nil }
        return program
    }

    private static func makeInterpreter() async -> String? {
        guard let python = Place.tool("python3"), Place.shared("tools/ledger/pyverify.py") != nil else { return nil }
        let venv = folder + "/venv"
        let interpreter = venv + "/bin/python"
        let probe = ["-c", "import sigstore, pymerkle"]
        if let known = try? await run(interpreter, probe), known.status == 0 { return interpreter }
        let made = try? await run(python, ["-m", "venv", venv], within: .seconds(120))
        guard made?.status == 0 else { return nil }
        let installed = try? await run(
            interpreter, ["-m", "pip", "install", "--quiet", "sigstore==4.5.*", "pymerkle==7.0.*"],
            within: .seconds(240))
        guard installed?.status == 0, (try? await run(interpreter, probe))?.status == 0 else { return nil }
        return interpreter
    }
}

/// A tlog-tiles directory.
struct LogDirectory: Sendable {
    let path: String

    /// What it amounts to by our own verifier, which trusts nothing but the key.
    func verified() throws -> Checkpoint {
        let key = try VerifierKey(text: text(at: path + "/vkey").trimmingCharacters(in: .whitespacesAndNewlines))
        return try LogVerifier(origin: key.name, keys: [key]).verify { resource in
            FileManager.default.contents(atPath: path + "/" + resource).map { Array($0) }
        }
    }

    /// The leaf hashes, from the tiles of level 0.
    func leaves(size: UInt64) throws -> [Digest] {
        var leaves: [Digest] = []
        for tile in Tile.tiles(forSize: size) where tile.level == 0 {
            let bytes = FileManager.default.contents(atPath: path + "/" + tile.path) ?? Data()
            leaves += Digest.list(from: Array(bytes)) ?? []
        }
        return leaves
    }

    /// The root at each size, from 0 up.
    func roots(size: UInt64) throws -> [Digest] {
        var tree = MerkleTree()
        var roots = [tree.root]
        for leaf in try leaves(size: size) {
            tree.append(leaf)
            roots.append(tree.root)
        }
        return roots
    }

    /// Copies a served log over HTTP, as a stranger with the description of the format does.
    static func mirror(_ served: Served, to path: String) async throws -> LogDirectory {
        func put(_ bytes: [UInt8], _ name: String) throws {
            let file = URL(fileURLWithPath: path + "/" + name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(bytes).write(to: file)
        }
        let status = try await served.client.status()
        let prefix = "/log/\(status.district)/"
        let note = try await served.get(prefix + "checkpoint").body
        let size = try Checkpoint(text: SignedNote(parsing: note).text).size
        for tile in Tile.tiles(forSize: size) {
            try put(try await served.get(prefix + tile.path).body, tile.path)
            if tile.level == 0 { try put(try await served.get(prefix + tile.entriesPath).body, tile.entriesPath) }
        }
        try put(note, "checkpoint")
        try put(Array((status.vkey ?? "").utf8) + [0x0A], "vkey")
        return LogDirectory(path: path)
    }
}
