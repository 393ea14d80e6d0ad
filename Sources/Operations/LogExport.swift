import Foundation
import Ledger
public import Storage

/// Writes the public part of a log as a tlog-tiles directory that any C2SP client can check, with the verifier key.
public struct LogExport: Sendable {
    private let store: any FactStore
    private let note: SignedNote
    private let size: UInt64

    /// Why a log could not be exported.
    public enum ExportError: Error, CustomStringConvertible, Sendable {
        /// No checkpoint was signed yet.
        case noCheckpoint
        /// The directory holds another log, or a file that is not this log's.
        case directory(String)

        /// What happened, and what to do.
        public var description: String {
            switch self {
            case .noCheckpoint: "no checkpoint was signed yet; start the server once, it signs one within a second"
            case .directory(let detail): detail
            }
        }
    }

    /// The log of a store, up to its last signed checkpoint.
    public init(_ store: any FactStore) throws {
        guard let text = try store.checkpoint() else { throw ExportError.noCheckpoint }
        note = try SignedNote(parsing: Array(text.utf8))
        size = try Checkpoint(text: note.text).size
        self.store = store
    }

    /// The number of facts that are exported.
    public var factCount: UInt64 { size }

    /// Writes the directory; files that are there already and complete are left as they are, so a second run adds only
    /// what is new. The checkpoint is written last.
    public func write(to directory: String, verifierKey: String, progress: (UInt64) -> Void = { _ in }) throws {
        let manager = FileManager.default
        try manager.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let keyPath = directory + "/vkey"
        if let known = manager.contents(atPath: keyPath), known != Data((verifierKey + "\n").utf8) {
            throw ExportError.directory("\(directory) holds another log; name an empty directory")
        }
        var tree = MerkleTree()
        for first in stride(from: 0, to: size, by: 256) {
            let facts = try store.facts(in: first..<min(first + 256, size))
            var bundle: [UInt8] = []
            for fact in facts {
                let leaf = fact.leafData
                try EntryBundle.append(leaf, to: &bundle)
                tree.append(Digest.leaf(leaf)) { _, _ in }
            }
            guard let tile = Tile(level: 0, index: first / 256, width: facts.count) else { continue }
            try put(bundle, directory, tile.entriesPath, isFull: tile.isFull)
            progress(first + UInt64(facts.count))
        }
        for tile in Tile.tiles(forSize: size) {
            let hashes =
                tile.isFull
                ? try StoreTiles(store).fullTile(level: tile.level, index: tile.index)
                : tree.partialTile(level: tile.level)
            try put(Digest.bytes(of: hashes), directory, tile.path, isFull: tile.isFull)
        }
        try Data((verifierKey + "\n").utf8).write(to: URL(fileURLWithPath: keyPath), options: .atomic)
        try Data(note.encoded.utf8).write(to: URL(fileURLWithPath: directory + "/checkpoint"), options: .atomic)
    }

    private func put(_ bytes: [UInt8], _ directory: String, _ path: String, isFull: Bool) throws {
        let url = URL(fileURLWithPath: directory + "/" + path)
        // A full tile never changes; what stands there is complete, since files are renamed into place.
        if isFull, let known = FileManager.default.contents(atPath: url.path) {
            guard known == Data(bytes) else {
                throw ExportError.directory(
                    "\(url.path) differs from this log: one of the two was changed; run 'jianghan audit'")
            }
            return
        }
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url, options: .atomic)
    }
}
