import GRDB
import GRDBSQLite
import Synchronization

/// The one insert of the hot path, on the raw connection: GRDB's own binding costs a microsecond a row more.
///
/// The statement belongs to the writer's connection; `run` and `finalize` are called inside `pool.write` only.
final class InsertStatement: Sendable {
    private let statement = Mutex(StatementBox())

    // A raw pointer is not Sendable by itself; the mutex and the writer's queue guard it.
    private struct StatementBox: @unchecked Sendable {
        var pointer: OpaquePointer?
    }

    func run(_ batch: StoredBatch, _ db: Database) throws {
        try statement.withLock { box in
            if box.pointer == nil {
                let sql = "INSERT INTO fact VALUES (?, ?, ?, ?, ?, ?)"
                try db.check(
                    sqlite3_prepare_v3(
                        db.sqliteConnection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &box.pointer, nil))
            }
            var index = Int64(batch.first)
            for fact in batch.facts {
                try Self.insert(fact, index, box.pointer, db)
                index += 1
            }
        }
    }

    private static func insert(_ fact: StoredFact, _ index: Int64, _ statement: OpaquePointer?, _ db: Database) throws {
        // A nil destructor means that SQLite does not copy: the bytes stay where they are until after the step.
        sqlite3_bind_int64(statement, 1, index)
        sqlite3_bind_int64(statement, 2, fact.received)
        let code = fact.salt.span.withUnsafeBytes { salt in
            fact.body.withUnsafeBytes { body in
                sqlite3_bind_blob64(statement, 3, salt.baseAddress, UInt64(salt.count), nil)
                sqlite3_bind_blob64(statement, 4, body.baseAddress, UInt64(body.count), nil)
                return withOptionalBytes(fact.signature) { signature in
                    withOptionalBytes(fact.privateCommitment) { commitment in
                        bind(signature, at: 5, statement)
                        bind(commitment, at: 6, statement)
                        return sqlite3_step(statement)
                    }
                }
            }
        }
        sqlite3_reset(statement)
        guard code == SQLITE_DONE else { throw db.error(code) }
    }

    private static func withOptionalBytes<Result>(
        _ bytes: [UInt8]?, _ body: (UnsafeRawBufferPointer?) -> Result
    ) -> Result {
        guard let bytes else { return body(nil) }
        return bytes.withUnsafeBytes { body($0) }
    }

    private static func bind(_ bytes: UnsafeRawBufferPointer?, at column: Int32, _ statement: OpaquePointer?) {
        if let bytes {
            sqlite3_bind_blob64(statement, column, bytes.baseAddress, UInt64(bytes.count), nil)
        } else {
            sqlite3_bind_null(statement, column)
        }
    }

    func finalize() {
        statement.withLock {
            sqlite3_finalize($0.pointer)
            $0.pointer = nil
        }
    }
}

/// The bulk read of replay and of entry bundles, on the raw connection for the same reason.
enum SelectStatement {
    static func facts(in range: Range<UInt64>, _ db: Database) throws -> [StoredFact] {
        var statement: OpaquePointer?
        let sql = """
            SELECT received, salt, body, signature, privateCommitment FROM fact WHERE idx >= ? AND idx < ? ORDER BY idx
            """
        try db.check(sqlite3_prepare_v2(db.sqliteConnection, sql, -1, &statement, nil))
        defer { sqlite3_finalize(statement) }
        sqlite3_bind_int64(statement, 1, Int64(range.lowerBound))
        sqlite3_bind_int64(statement, 2, Int64(range.upperBound))
        var facts: [StoredFact] = []
        facts.reserveCapacity(range.count)
        while true {
            let code = sqlite3_step(statement)
            if code == SQLITE_DONE { return facts }
            guard code == SQLITE_ROW else { throw db.error(code) }
            var salt = Salt(repeating: 0)
            let saltBytes = UnsafeRawBufferPointer(
                start: sqlite3_column_blob(statement, 1), count: Int(sqlite3_column_bytes(statement, 1)))
            guard saltBytes.count == 32 else { throw StoreError.corrupt("a salt has \(saltBytes.count) bytes") }
            for offset in 0..<32 { salt[offset] = saltBytes[offset] }
            facts.append(
                StoredFact(
                    received: sqlite3_column_int64(statement, 0), salt: salt, body: blob(statement, 2) ?? [],
                    signature: blob(statement, 3), privateCommitment: blob(statement, 4)))
        }
    }

    private static func blob(_ statement: OpaquePointer?, _ column: Int32) -> [UInt8]? {
        guard sqlite3_column_type(statement, column) != SQLITE_NULL else { return nil }
        let count = Int(sqlite3_column_bytes(statement, column))
        return [UInt8](UnsafeRawBufferPointer(start: sqlite3_column_blob(statement, column), count: count))
    }
}

extension Database {
    fileprivate func check(_ code: Int32) throws {
        guard code == SQLITE_OK else { throw error(code) }
    }

    fileprivate func error(_ code: Int32) -> DatabaseError {
        DatabaseError(
            resultCode: ResultCode(rawValue: code), message: String(cString: sqlite3_errmsg(sqliteConnection)))
    }
}
