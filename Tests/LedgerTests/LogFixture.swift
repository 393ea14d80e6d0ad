import Foundation
import Ledger

/// The public resources of a small log, written with the code under test.
struct LogFixture {
    let signer: Ed25519Signer
    let grown: GrownTree
    var resources: [String: [UInt8]] = [:]

    init(size: Int) throws {
        signer = try NoteFixture.signer()
        grown = GrownTree(size: size)
        for tile in Tile.tiles(forSize: UInt64(size)) {
            let hashes =
                try tile.isFull
                ? grown.tiles.fullTile(level: tile.level, index: tile.index)
                : grown.tree.partialTile(level: tile.level)
            resources[tile.path] = Digest.bytes(of: hashes)
            if tile.level == 0 {
                let first = Int(tile.index) * Tile.fullWidth
                resources[tile.entriesPath] = try EntryBundle.encode((first..<first + tile.width).map(entry))
            }
        }
        try sign(size: UInt64(size), root: grown.tree.root)
    }

    mutating func sign(size: UInt64, root: Digest, origin: String = NoteFixture.origin) throws {
        let note = try Checkpoint(origin: origin, size: size, root: root).sign(with: [signer])
        resources[LogVerifier.checkpointPath] = Array(note.encoded.utf8)
    }

    @discardableResult
    func verify() throws(LogVerificationError) -> Checkpoint {
        try LogVerifier(origin: NoteFixture.origin, keys: [signer.verifierKey]).verify { resources[$0] }
    }

    /// Writes the resources as files below a folder.
    func write(to folder: URL) throws {
        for (path, bytes) in resources {
            let file = folder.appendingPathComponent(path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(bytes).write(to: file)
        }
    }
}
