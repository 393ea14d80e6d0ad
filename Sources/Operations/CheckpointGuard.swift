import Foundation
import Ledger
import Storage

/// The file beside the store that remembers the last checkpoint that was signed.
///
/// A store that was restored from an old backup is smaller than what the world has seen; signing on from there would
/// fork the log. The guard is not part of the backup, and so it knows.
public struct CheckpointGuard: Sendable {
    private let path: String

    init(path: String) { self.path = path }

    /// The last signed checkpoint; nil if there is no guard file.
    func read() throws(StoreError) -> SignedNote? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        guard let data = FileManager.default.contents(atPath: path), let note = try? SignedNote(parsing: Array(data))
        else { throw .corrupt("\(path) is not a signed checkpoint") }
        return note
    }

    /// Replaces the file, durable before this returns: new file, sync, rename, sync of the folder.
    func write(_ note: SignedNote) throws(StoreError) {
        let temporary = path + ".new"
        try Self.system("write", temporary) {
            let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
            guard file >= 0 else { return false }
            defer { close(file) }
            let bytes = Array(note.encoded.utf8)
            return bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) } == bytes.count
                && fsync(file) == 0
        }
        try Self.system("rename", path) { rename(temporary, path) == 0 }
        let folder = (path as NSString).deletingLastPathComponent
        try Self.system("sync", folder) {
            let directory = open(folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard directory >= 0 else { return false }
            defer { close(directory) }
            return fsync(directory) == 0
        }
    }

    /// Writes a lost guard file again from the store's own last checkpoint.
    ///
    /// - Returns: the size of that checkpoint.
    public static func restore(_ files: DistrictFiles) throws -> UInt64 {
        guard !FileManager.default.fileExists(atPath: files.guardFile) else {
            throw OpeningError.notMade("\(files.guardFile) is there")
        }
        let lock = try StoreLock(files)
        defer { withExtendedLifetime(lock) {} }
        let store = try SQLiteStore(path: files.store, mode: .read)
        guard let text = try store.checkpoint() else {
            throw OpeningError.notMade("no checkpoint was signed; there is nothing to guard")
        }
        let note = try SignedNote(parsing: Array(text.utf8))
        let size = try Checkpoint(text: note.text).size
        try CheckpointGuard(path: files.guardFile).write(note)
        try store.close()
        return size
    }

    private static func system(_ call: String, _ path: String, _ body: () -> Bool) throws(StoreError) {
        guard body() else {
            if errno == ENOSPC { throw .full }
            throw .io("\(call) \(path): \(String(cString: strerror(errno)))")
        }
    }

    /// Refuses to go on from a state that contradicts what was signed.
    func check(
        _ hashes: TreeHashes<StoreTiles>, origin: String, keys: [VerifierKey]
    ) throws(OpeningError) -> (checkpoint: Checkpoint, note: SignedNote)? {
        guard let note = try OpeningError.wrapping({ try read() }) else { return nil }
        let checkpoint: Checkpoint
        do {
            checkpoint = try Checkpoint.open(note: note, origin: origin, keys: keys)
        } catch {
            throw .guardMismatch("\(path) holds a checkpoint of another log or key (\(error))")
        }
        guard checkpoint.size <= hashes.tree.size else {
            throw .guardMismatch(
                "the store has \(hashes.tree.size) facts, but a checkpoint of \(checkpoint.size) was signed and may have "
                    + "been seen; was the store restored from an old backup? Going on would fork the log")
        }
        let root = try OpeningError.wrapping { try hashes.root(size: checkpoint.size) }
        guard root == checkpoint.root else {
            throw .guardMismatch(
                "the log's first \(checkpoint.size) facts are not those that were signed; run 'jianghan audit'")
        }
        return (checkpoint, note)
    }
}
