import Foundation
import GRDB
import Synchronization

/// The keys of persons, in a file of their own: who deletes a person's key has made every copy of that person's private
/// parts unreadable, those in backups of the store included. Never part of a backup of the store.
///
/// A person is a random pseudonym. Safe from any thread; `add` is called by one at a time.
public final class PersonKeys: Sendable {
    private let queue: DatabaseQueue
    private let recent = Mutex<[String: [UInt8]]>([:])

    /// Bytes of a key.
    public static let keyCount = 32
    /// Keys held in memory; beyond it all are read anew, since a key costs one read.
    private static let recentAtMost = 10_000

    /// Opens the file.
    ///
    /// - Parameters:
    ///   - path: where it is.
    ///   - isNew: makes it, readable by its owner only. Otherwise it must be there: made anew it would give a known
    ///     person a second key, and what was sealed under the first would look tampered with.
    public init(path: String, isNew: Bool = false) throws(StoreError) {
        let exists = FileManager.default.fileExists(atPath: path)
        guard exists != isNew else {
            throw .io(
                isNew
                    ? "\(path) exists already"
                    : "\(path), the keys of private parts, is missing; restore it from its own backup")
        }
        if isNew {
            guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
            else { throw .io("\(path) cannot be written") }
        }
        queue = try StoreError.wrapping {
            var configuration = Configuration()
            configuration.busyMode = .timeout(10)
            configuration.prepareDatabase { db in
                // With a rollback journal only EXTRA also syncs the folder after the journal is gone (SQLite,
                // "PRAGMA synchronous"); under FULL a power cut could bring the journal back and undo a key.
                try db.execute(sql: "PRAGMA synchronous=EXTRA")
                try db.execute(sql: "PRAGMA secure_delete=ON")
                guard try Int.fetchOne(db, sql: "PRAGMA synchronous") == 3 else {
                    throw StoreError.notDurable("synchronous of the persons' keys is not EXTRA")
                }
            }
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            guard isNew else { return queue }
            try queue.write { db in
                let columns = "person TEXT PRIMARY KEY, key BLOB NOT NULL"
                try db.execute(sql: "CREATE TABLE personKey (\(columns)) STRICT, WITHOUT ROWID")
            }
            return queue
        }
    }

    /// A person's key; nil if there is none, or none any more.
    public func key(of person: String) throws(StoreError) -> [UInt8]? {
        if let key = recent.withLock({ $0[person] }) { return key }
        let key = try StoreError.wrapping {
            try queue.read { db in
                try Data.fetchOne(db, sql: "SELECT key FROM personKey WHERE person = ?", arguments: [person])
            }
        }
        guard let key else { return nil }
        let bytes = [UInt8](key)
        recent.withLock { recent in
            if recent.count >= Self.recentAtMost { recent = [:] }
            recent[person] = bytes
        }
        return bytes
    }

    /// Keeps new keys, durable when it returns; before the commit that uses them.
    public func add(_ keys: [String: [UInt8]]) throws(StoreError) {
        guard !keys.isEmpty else { return }
        try StoreError.wrapping {
            try queue.write { db in
                for (person, key) in keys {
                    try db.execute(sql: "INSERT INTO personKey VALUES (?, ?)", arguments: [person, Data(key)])
                }
            }
        }
    }

    /// Ends the use of the file.
    public func close() throws(StoreError) {
        try StoreError.wrapping { try queue.close() }
    }
}
