import Foundation
import GRDB
import GRDBSQLite
import Synchronization

/// A district's log in one SQLite file: WAL, `synchronous=FULL`, `secure_delete`.
public final class SQLiteStore: FactStore {
    private let pool: DatabasePool
    private let path: String
    private let isReader: Bool
    private let isClosed = Mutex(false)
    private let committed: Mutex<UInt64>
    private let insert: InsertStatement
    private let noteAtOpening: String?

    /// "JHAN": tells a store from any other SQLite file.
    static let applicationID: Int32 = 0x4A48_414E
    /// Big enough that rows of a few hundred bytes waste little of it, small enough that a lone commit writes little.
    static let pageSize = 8192
    /// WAL pages before SQLite moves them into the file: 32 MB. Rare enough that a page is moved once for many
    /// commits, small enough that the move does not hold up a commit for long.
    static let checkpointPages = 4096

    /// How a store is opened.
    public enum Mode: Sendable {
        /// Makes the file; it must not exist.
        case create
        /// Opens for reading and writing; it must exist.
        case write
        /// Opens for reading, also beside a running writer.
        case read
    }

    /// Opens the store and, for writing, proves that its commits are durable.
    public init(path: String, mode: Mode) throws(StoreError) {
        let exists = FileManager.default.fileExists(atPath: path)
        if mode == .create, exists { throw .notAStore("\(path) exists already") }
        if mode != .create, !exists { throw .missing(path) }
        if exists { try Self.checkIdentity(path) }
        self.path = path
        isReader = mode == .read
        let (pool, size, note) = try StoreError.wrapping {
            var configuration = Configuration()
            configuration.busyMode = .timeout(10)
            configuration.maximumReaderCount = 4
            configuration.label = "store"
            configuration.prepareDatabase { db in
                // Before the first table: the page size of a new file is fixed by its first write.
                if mode == .create, !db.configuration.readonly {
                    try db.execute(sql: "PRAGMA page_size=\(Self.pageSize)")
                }
                try db.execute(sql: "PRAGMA secure_delete=ON")
                try db.execute(sql: "PRAGMA wal_autocheckpoint=\(Self.checkpointPages)")
                try db.execute(sql: "PRAGMA cache_size=-16384")
            }
            let pool = try DatabasePool(path: path, configuration: configuration)
            // First of all, so that the making of the store is durable as well.
            if mode != .read { try Self.requireDurability(pool) }
            if mode == .create {
                try pool.write { try $0.execute(sql: "PRAGMA application_id=\(Self.applicationID)") }
            }
            if mode != .read { try Self.migrator.migrate(pool) }
            // In one transaction, so that a reader beside a running writer never holds a checkpoint beyond its size.
            let (count, note) = try pool.read { db in
                (try Int64.fetchOne(db, sql: "SELECT max(idx) + 1 FROM fact") ?? 0, try Self.checkpoint(db))
            }
            guard let size = UInt64(exactly: count) else {
                throw StoreError.corrupt("the last fact's index is \(count - 1)")
            }
            return (pool, size, note)
        }
        self.pool = pool
        committed = Mutex(size)
        noteAtOpening = note
        insert = InsertStatement()
    }

    /// A statement that is still prepared would keep the connection, and with it the files, open for ever.
    deinit { insert.finalize() }

    /// SQLite opens an empty or a foreign file without a word, and a pool turns it to WAL and migrates it; so what it is
    /// is asked before it is touched.
    private static func checkIdentity(_ path: String) throws(StoreError) {
        guard let file = FileHandle(forReadingAtPath: path) else { throw .io("\(path) cannot be read") }
        let header = (try? file.read(upToCount: 16)) ?? Data()
        try? file.close()
        guard header.elementsEqual("SQLite format 3\0".utf8) else { throw .notAStore("\(path) is not an SQLite file") }
        try StoreError.wrapping {
            var configuration = Configuration()
            configuration.readonly = true
            configuration.busyMode = .timeout(10)
            try DatabaseQueue(path: path, configuration: configuration).read { db in
                guard try Int32.fetchOne(db, sql: "PRAGMA application_id") == Self.applicationID else {
                    throw StoreError.notAStore("\(path) is another program's SQLite file")
                }
                if try Self.migrator.hasBeenSuperseded(db) {
                    throw StoreError.notAStore("\(path) was written by a later version of the program")
                }
            }
        }
    }

    /// GRDB sets `synchronous=NORMAL` on the writer when it turns on WAL, after any prepareDatabase; so it is set here,
    /// and read back, since a commit that only seems durable is the worst thing that this program could do.
    private static func requireDurability(_ pool: DatabasePool) throws {
        try pool.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA synchronous=FULL")
            let synchronous = try Int.fetchOne(db, sql: "PRAGMA synchronous")
            guard synchronous == 2 else { throw StoreError.notDurable("synchronous is \(synchronous ?? -1), not 2") }
            let journal = try String.fetchOne(db, sql: "PRAGMA journal_mode")
            guard journal == "wal" else { throw StoreError.notDurable("journal_mode is \(journal ?? "?"), not wal") }
            let deletion = try Int.fetchOne(db, sql: "PRAGMA secure_delete")
            guard deletion == 1 else { throw StoreError.notDurable("secure_delete is \(deletion ?? -1), not 1") }
        }
    }

    /// A migration that was released is never edited; the next version adds one.
    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in
            try db.execute(
                sql: """
                    CREATE TABLE fact (
                        idx INTEGER PRIMARY KEY, received INTEGER NOT NULL, salt BLOB NOT NULL, body BLOB NOT NULL,
                        signature BLOB, privateCommitment BLOB
                    ) STRICT;
                    CREATE TABLE privatePart (
                        idx INTEGER PRIMARY KEY, person TEXT NOT NULL, sealed BLOB NOT NULL
                    ) STRICT;
                    CREATE INDEX privatePartOfPerson ON privatePart (person) WHERE person <> '';
                    -- key = level << 48 | index, so that a tile is one row of a plain table
                    CREATE TABLE tile (key INTEGER PRIMARY KEY, hashes BLOB NOT NULL) STRICT;
                    CREATE TABLE snapshot (size INTEGER PRIMARY KEY, state BLOB NOT NULL) STRICT;
                    CREATE TABLE keyRun (
                        id INTEGER PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL,
                        pageCount INTEGER NOT NULL, filter BLOB NOT NULL
                    ) STRICT;
                    -- key = run << 24 | page
                    CREATE TABLE keyPage (key INTEGER PRIMARY KEY, entries BLOB NOT NULL) STRICT;
                    CREATE TABLE checkpoint (id INTEGER PRIMARY KEY CHECK (id = 1), note TEXT NOT NULL) STRICT;
                    """)
        }
        return migrator
    }

    private static func tileKey(_ level: Int, _ index: UInt64) -> Int64 { Int64(level) << 48 | Int64(index) }
    private static func pageKey(_ run: Int64, _ page: Int) -> Int64 { run << 24 | Int64(page) }

    // MARK: Writing

    /// The number of facts committed.
    public var size: UInt64 { committed.withLock { $0 } }

    /// Commits a batch; see `FactStore`.
    public func append(_ batch: StoredBatch) throws(StoreError) {
        let expected = size
        guard batch.first == expected else { throw .outOfOrder(expected: expected, found: batch.first) }
        try StoreError.wrapping {
            try pool.write { db in
                try insert.run(batch, db)
                for part in batch.privateParts {
                    try db.cachedStatement(sql: "INSERT INTO privatePart VALUES (?, ?, ?)").execute(
                        arguments: [Int64(part.index), part.person, Data(part.sealed)])
                }
                for tile in batch.tiles {
                    try db.cachedStatement(sql: "INSERT INTO tile VALUES (?, ?)").execute(
                        arguments: [Self.tileKey(tile.level, tile.index), Data(tile.hashes)])
                }
                for run in batch.replacedKeyRuns {
                    try db.execute(sql: "DELETE FROM keyRun WHERE id = ?", arguments: [run])
                    try db.execute(
                        sql: "DELETE FROM keyPage WHERE key >= ? AND key < ?",
                        arguments: [Self.pageKey(run, 0), Self.pageKey(run + 1, 0)])
                }
                if let (run, pages) = batch.keyRun {
                    try db.execute(
                        sql: "INSERT INTO keyRun VALUES (?, ?, ?, ?, ?)",
                        arguments: [
                            run.id, Int64(run.facts.lowerBound), Int64(run.facts.upperBound), run.pageCount,
                            Data(run.filter),
                        ])
                    for (number, page) in pages.enumerated() {
                        try db.cachedStatement(sql: "INSERT INTO keyPage VALUES (?, ?)").execute(
                            arguments: [Self.pageKey(run.id, number), Data(page)])
                    }
                }
                if let snapshot = batch.snapshot {
                    try db.execute(sql: "DELETE FROM snapshot")
                    try db.execute(
                        sql: "INSERT INTO snapshot VALUES (?, ?)",
                        arguments: [Int64(snapshot.size), Data(snapshot.state)])
                }
            }
        }
        committed.withLock { $0 = expected + UInt64(batch.facts.count) }
    }

    /// Keeps a signed checkpoint.
    public func save(checkpoint: String) throws(StoreError) {
        try StoreError.wrapping {
            try pool.write {
                try $0.execute(sql: "INSERT OR REPLACE INTO checkpoint VALUES (1, ?)", arguments: [checkpoint])
            }
        }
    }

    // MARK: Reading

    /// The facts of a range, in order.
    public func facts(in range: Range<UInt64>) throws(StoreError) -> [StoredFact] {
        let size = size
        guard range.upperBound <= size else {
            throw .corrupt("facts \(range.lowerBound)..<\(range.upperBound) of \(size) are not there")
        }
        let facts = try StoreError.wrapping { try pool.read { try SelectStatement.facts(in: range, $0) } }
        guard facts.count == range.count else {
            throw .corrupt(
                "facts \(range.lowerBound)..<\(range.upperBound): \(facts.count) of \(range.count) are there")
        }
        return facts
    }

    /// The private part of a fact, if it has one.
    public func privatePart(at index: UInt64) throws(StoreError) -> StoredPrivatePart? {
        try StoreError.wrapping {
            try pool.read { db in
                try Row.fetchOne(
                    db, sql: "SELECT person, sealed FROM privatePart WHERE idx = ?", arguments: [Int64(index)]
                ).map { StoredPrivatePart(index: index, person: $0[0], sealed: [UInt8]($0[1] as Data)) }
            }
        }
    }

    /// A full tile, if a commit completed it.
    public func tile(level: Int, index: UInt64) throws(StoreError) -> [UInt8]? {
        try StoreError.wrapping {
            try pool.read { db in
                try Data.fetchOne(
                    db.cachedStatement(sql: "SELECT hashes FROM tile WHERE key = ?"),
                    arguments: [Self.tileKey(level, index)]
                ).map { [UInt8]($0) }
            }
        }
    }

    /// The newest snapshot.
    public func latestSnapshot() throws(StoreError) -> StoredSnapshot? {
        try StoreError.wrapping {
            try pool.read { db in
                try Row.fetchOne(db, sql: "SELECT size, state FROM snapshot ORDER BY size DESC LIMIT 1").map { row in
                    guard let size = UInt64(exactly: row[0] as Int64) else {
                        throw StoreError.corrupt("a snapshot's size")
                    }
                    return StoredSnapshot(size: size, state: [UInt8](row[1] as Data))
                }
            }
        }
    }

    /// The runs of keys, oldest first.
    public func keyRuns() throws(StoreError) -> [StoredKeyRun] {
        try StoreError.wrapping {
            try pool.read { db in
                try Row.fetchAll(db, sql: "SELECT id, first, last, pageCount, filter FROM keyRun ORDER BY first").map {
                    row in
                    guard let first = UInt64(exactly: row[1] as Int64), let last = UInt64(exactly: row[2] as Int64),
                        first <= last
                    else { throw StoreError.corrupt("the span of key run \(row[0] as Int64)") }
                    return StoredKeyRun(
                        id: row[0], facts: first..<last, pageCount: row[3], filter: [UInt8](row[4] as Data))
                }
            }
        }
    }

    /// One page of a run's entries.
    public func keyPage(run: Int64, page: Int) throws(StoreError) -> [UInt8] {
        let found = try StoreError.wrapping {
            try pool.read { db in
                try Data.fetchOne(
                    db.cachedStatement(sql: "SELECT entries FROM keyPage WHERE key = ?"),
                    arguments: [Self.pageKey(run, page)])
            }
        }
        guard let found else { throw .corrupt("page \(page) of key run \(run) is missing") }
        return [UInt8](found)
    }

    /// The last signed checkpoint that was saved.
    public func checkpoint() throws(StoreError) -> String? {
        if isReader { return noteAtOpening }
        return try StoreError.wrapping { try pool.read(Self.checkpoint) }
    }

    private static func checkpoint(_ db: Database) throws -> String? {
        try String.fetchOne(db, sql: "SELECT note FROM checkpoint WHERE id = 1")
    }

    /// Bytes on disk.
    public func byteCount() throws(StoreError) -> UInt64 {
        try StoreError.wrapping {
            // The log of recent commits is part of the store until it is moved into the file; it may be absent.
            let main = try FileManager.default.attributesOfItem(atPath: path)
            let recent = try? FileManager.default.attributesOfItem(atPath: path + "-wal")
            return [main, recent].reduce(0) { $0 + (($1?[.size] as? NSNumber)?.uint64Value ?? 0) }
        }
    }

    /// Ends the use of the store.
    public func close() throws(StoreError) {
        // Whoever ends after an error may close once more; a closed connection must not be touched.
        let wasClosed = isClosed.withLock { isClosed in
            defer { isClosed = true }
            return isClosed
        }
        guard !wasClosed else { return }
        try StoreError.wrapping {
            guard !isReader else { return try pool.close() }
            try? pool.writeWithoutTransaction { db in
                insert.finalize()
                // If a reader holds it up, the next start does it.
                _ = try db.checkpoint(.truncate)
            }
            try pool.close()
            // Leaves one file behind: the pool closes its readers last, and those may not remove the WAL.
            let last = try? DatabaseQueue(path: path)
            _ = try? last?.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM sqlite_schema") }
            try? last?.close()
        }
    }
}

extension StoreError {
    /// Runs a body of GRDB calls and names its errors in the store's terms.
    static func wrapping<Result>(_ body: () throws -> Result) throws(StoreError) -> Result {
        do {
            return try body()
        } catch let error as StoreError {
            throw error
        } catch let error as DatabaseError {
            switch error.resultCode {
            case .SQLITE_FULL: throw .full
            case .SQLITE_CORRUPT, .SQLITE_NOTADB: throw .corrupt(error.description)
            default: throw .io(error.description)
            }
        } catch {
            throw .io("\(error)")
        }
    }
}
