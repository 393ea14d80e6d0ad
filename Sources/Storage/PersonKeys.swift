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

    /// Opens the file; makes it, readable by its owner only, if it is not there.
    public init(path: String) throws(StoreError) {
        if !FileManager.default.fileExists(atPath: path) {
            guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
            else { throw .io("\(path) cannot be written") }
        }
        queue = try StoreError.wrapping {
            var configuration = Configuration()
            configuration.busyMode = .timeout(10)
            configuration.prepareDatabase { db in
                // Rollback journal: GRDB leaves `synchronous` at SQLite's default, FULL, outside of WAL.
                try db.execute(sql: "PRAGMA secure_delete=ON")
            }
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.write { db in
                try db.execute(
                    sql:
                        "CREATE TABLE IF NOT EXISTS personKey (person TEXT PRIMARY KEY, key BLOB NOT NULL) STRICT, WITHOUT ROWID"
                )
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
