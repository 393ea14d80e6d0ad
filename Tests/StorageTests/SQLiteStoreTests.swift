import Foundation
import GRDB
import Storage
import StorageTesting
import Testing

@Suite struct SQLiteStoreTests {
    @Test func aStoreIsMadeOnce() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("store.sqlite")
        #expect(throws: StoreError.missing(path)) { try SQLiteStore(path: path, mode: .write) }
        #expect(throws: StoreError.missing(path)) { try SQLiteStore(path: path, mode: .read) }
        #expect(!FileManager.default.fileExists(atPath: path))
        try SQLiteStore(path: path, mode: .create).close()
        #expect(throws: StoreError.notAStore("\(path) exists already")) { try SQLiteStore(path: path, mode: .create) }
    }

    @Test(arguments: [SQLiteStore.Mode.write, .read]) func anotherFileIsLeftAsItIs(mode: SQLiteStore.Mode) throws {
        let folder = try TemporaryFolder()
        let empty = folder.file("empty")
        try Data().write(to: URL(fileURLWithPath: empty))
        let text = folder.file("text")
        try Data("these are not the bytes you are looking for".utf8).write(to: URL(fileURLWithPath: text))
        let foreign = folder.file("foreign.sqlite")
        try DatabaseQueue(path: foreign).write {
            try $0.execute(sql: "CREATE TABLE mine (x); INSERT INTO mine VALUES (1)")
        }
        for path in [empty, text, foreign] {
            let before = FileManager.default.contents(atPath: path)
            #expect {
                try SQLiteStore(path: path, mode: mode)
            } throws: { error in
                if case StoreError.notAStore = error { true } else { false }
            }
            #expect(FileManager.default.contents(atPath: path) == before, "\(path) was changed")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 3)
    }

    @Test func aLaterVersionIsRefused() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("store.sqlite")
        try SQLiteStore(path: path, mode: .create).close()
        let queue = try DatabaseQueue(path: path)
        try queue.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('2000')") }
        try queue.close()
        for mode in [SQLiteStore.Mode.write, .read] {
            #expect(throws: StoreError.notAStore("\(path) was written by a later version of the program")) {
                try SQLiteStore(path: path, mode: mode)
            }
        }
    }

    @Test func aReaderOpensBesideTheWriter() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("store.sqlite")
        let writer = try SQLiteStore(path: path, mode: .create)
        try writer.append(StoreSamples.batches[0])
        let reader = try SQLiteStore(path: path, mode: .read)
        #expect(reader.size == 4)
        #expect(try reader.facts(in: 0..<4).count == 4)
        try writer.append(StoreSamples.batches[1])
        #expect(try writer.facts(in: 0..<90).count == 90)
        try reader.close()
        try writer.close()
    }

    /// A crash leaves the last commits in the WAL; the file is still known as a store by what it holds.
    @Test func aStoreThatWasNotClosedOpens() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("store.sqlite")
        let store = try SQLiteStore(path: path, mode: .create)
        try store.append(StoreSamples.batches[0])
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(atPath: path + suffix, toPath: folder.file("copy") + suffix)
        }
        try store.close()
        let copy = try SQLiteStore(path: folder.file("copy"), mode: .write)
        #expect(copy.size == 4)
        try copy.close()
    }

    @Test func aDroppedStoreLetsGoOfItsFiles() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("store.sqlite")
        try SQLiteStore(path: path, mode: .create).append(StoreSamples.batches[0])
        let descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
        let targets = descriptors.compactMap {
            try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")
        }
        #expect(!targets.contains { $0.hasPrefix(path) })
    }

    @Test func closingLeavesOneFile() throws {
        let folder = try TemporaryFolder()
        let store = try SQLiteStore(path: folder.file("store.sqlite"), mode: .create)
        for batch in StoreSamples.batches { try store.append(batch) }
        try store.close()
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(left == ["store.sqlite"], "\(left)")
        // Once more does no harm.
        try store.close()
    }

    @Test(arguments: [
        "UPDATE snapshot SET size = -1", "INSERT INTO fact VALUES (-9, 0, zeroblob(32), x'', NULL, NULL)",
        "DELETE FROM fact WHERE idx = 17", "UPDATE fact SET salt = x'00' WHERE idx = 17",
        "UPDATE keyRun SET last = -1", "UPDATE keyRun SET first = 500", "DELETE FROM keyPage",
        "DELETE FROM fact; INSERT INTO fact VALUES (-9, 0, zeroblob(32), x'', NULL, NULL)",
    ]) func damageIsAnErrorNotACrash(sql: String) throws {
        let folder = try TemporaryFolder()
        let path = folder.file("store.sqlite")
        let written = try SQLiteStore(path: path, mode: .create)
        for batch in StoreSamples.batches { try written.append(batch) }
        try written.close()
        let queue = try DatabaseQueue(path: path)
        try queue.write { try $0.execute(sql: sql) }
        try queue.close()
        var found: (any Error)?
        do { try readAll(path) } catch { found = error }
        // A fact before the first is no part of any range.
        guard let found else { return #expect(sql.hasPrefix("INSERT INTO fact")) }
        let isNamed = if case StoreError.corrupt = found { true } else { false }
        #expect(isNamed, "\(found)")
    }

    private func readAll(_ path: String) throws {
        let store = try SQLiteStore(path: path, mode: .write)
        defer { try? store.close() }
        _ = try store.facts(in: 0..<91)
        _ = try store.latestSnapshot()
        for run in try store.keyRuns() { _ = try store.keyPage(run: run.id, page: 0) }
    }
}
