import Foundation
public import Ledger

/// Where a district keeps what belongs to it: the store, and beside it what must not be in the store.
public struct DistrictFiles: Sendable {
    /// The SQLite file.
    public let store: String

    /// The files of the district whose store is at a path.
    public init(store: String) { self.store = store }

    /// The key that signs checkpoints; readable by its owner only.
    public var key: String { store + ".key" }
    /// The last signed checkpoint; see `CheckpointGuard`.
    public var guardFile: String { store + ".checkpoint" }
    /// The keys of persons; see `PersonKeys`. Never in the same backup as the store.
    public var people: String { store + ".people" }
    /// Held by the one process that writes.
    public var lock: String { store + ".lock" }
    /// Where the running server can be spoken to, for the owner of the files only.
    public var serving: String { store + ".serving" }

    /// Reads the key.
    public func readSigner() throws(OpeningError) -> Ed25519Signer {
        guard let data = FileManager.default.contents(atPath: key) else {
            throw .noKey(
                "\(key) is missing or unreadable; without it no checkpoint can be signed. Restore it from the backup")
        }
        let text = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard let signer = try? Ed25519Signer(privateText: text) else { throw .noKey("\(key) holds no signing key") }
        return signer
    }

    /// Writes a new key; refuses to replace one.
    func write(_ signer: Ed25519Signer) throws(OpeningError) {
        let descriptor = open(key, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .noKey("\(key) cannot be made: \(String(cString: strerror(errno)))") }
        let file = FileHandle(fileDescriptor: descriptor)
        do {
            try file.write(contentsOf: Data((signer.privateText + "\n").utf8))
            try file.synchronize()
            try file.close()
        } catch {
            throw .noKey("\(key) cannot be written: \(error)")
        }
    }
}

/// The right to write a store: an advisory lock on a file beside it, let go by the kernel however the process ends.
public final class StoreLock: Sendable {
    private let file: Int32

    /// Takes the lock, or says who has it.
    public init(_ files: DistrictFiles) throws(OpeningError) {
        file = open(files.lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw .locked("\(files.lock): \(String(cString: strerror(errno)))") }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            var holder = [UInt8](repeating: 0, count: 32)
            let count = holder.withUnsafeMutableBytes { pread(file, $0.baseAddress, $0.count, 0) }
            close(file)
            let process = String(decoding: holder.prefix(max(0, count)), as: UTF8.self)
                .trimmingCharacters(in: .whitespacesAndNewlines)
            throw .locked("\(files.store) is in use by process \(process.isEmpty ? "?" : process)")
        }
        let process = Array("\(getpid())\n".utf8)
        ftruncate(file, 0)
        _ = process.withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, 0) }
    }

    /// Lets another process have the store; `deinit` comes when the last reader of this value is gone, which may be late.
    func release() { flock(file, LOCK_UN) }

    deinit { close(file) }
}
