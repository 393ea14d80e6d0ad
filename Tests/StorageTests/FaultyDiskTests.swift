import FaultyDisk
import GRDB
import Storage
import StorageTesting
import Testing

/// SQLite's own method: fail the nth call for n = 1, 2, 3 … until a run passes, and look at what is left.
@Suite struct FaultyDiskTests {
    struct Trouble: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let calls: UInt32
        let fault: faulty_disk_fault

        static let all: [Trouble] = [
            Trouble("one call fails", ArmedDisk.writing, FAULTY_DISK_FAILS_ONCE),
            Trouble("every call fails from there", ArmedDisk.writing, FAULTY_DISK_FAILS_FROM),
            Trouble("one sync fails", FAULTY_DISK_SYNC.rawValue, FAULTY_DISK_FAILS_ONCE),
            Trouble("one read fails", FAULTY_DISK_READ.rawValue, FAULTY_DISK_FAILS_ONCE),
            Trouble("full from there", FAULTY_DISK_WRITE.rawValue, FAULTY_DISK_FULL_FROM),
            Trouble("torn write and power cut", FAULTY_DISK_WRITE.rawValue, FAULTY_DISK_TORN),
            Trouble("power cut that loses what was not synced", ArmedDisk.writing, FAULTY_DISK_CUT),
        ]

        init(_ name: String, _ calls: UInt32, _ fault: faulty_disk_fault) {
            testDescription = name
            self.calls = calls
            self.fault = fault
        }
    }

    @Test(arguments: Trouble.all) func nothingAcknowledgedIsLost(in trouble: Trouble) throws {
        var number: Int32 = 0
        var happened = true
        while happened {
            number += 1
            happened = try run(trouble, number)
            try #require(number < 2000, "the fault never stops happening")
        }
        // The workload makes dozens of calls of each kind; fewer would mean that the shim is not in the way.
        #expect(number > 5, "only \(number) calls were counted")
    }

    /// Runs the workload with the nth call failing; false when there is no such call any more.
    private func run(_ trouble: Trouble, _ number: Int32) throws -> Bool {
        let folder = try TemporaryFolder(inMemory: true)
        let path = folder.file("store.sqlite")
        let disk = try ArmedDisk(path, calls: trouble.calls, number: number, fault: trouble.fault)
        var acknowledged = 0
        var isCreated = false
        var checkpoint: String?
        do throws(StoreError) {
            let store = try SQLiteStore(path: path, mode: .create)
            isCreated = true
            do throws(StoreError) {
                for batch in StoreSamples.batches {
                    try store.append(batch)
                    acknowledged += 1
                    if acknowledged == 2 {
                        try store.save(checkpoint: "two")
                        checkpoint = "two"
                    }
                }
            } catch {
                // The process would end here; what is still open is closed while the disk is as it is.
                try? store.close()
                throw error
            }
            try store.close()
        } catch {
            #expect(disk.happened, "without a fault: \(error)")
        }
        disk.disarm()
        try check(path, acknowledged, checkpoint, isCreated: isCreated, "\(trouble.testDescription), call \(number)")
        return disk.happened
    }

    private func check(
        _ path: String, _ acknowledged: Int, _ checkpoint: String?, isCreated: Bool, _ context: String
    ) throws {
        let store: SQLiteStore
        do {
            store = try SQLiteStore(path: path, mode: .write)
        } catch {
            // Before the file was there at all nothing was promised.
            #expect(!isCreated, "\(context): does not open again: \(error)")
            return
        }
        defer { try? store.close() }
        let batches = StoreSamples.batches
        let ends = [0] + batches.map { $0.first + UInt64($0.facts.count) }
        let whole = try #require(ends.firstIndex(of: store.size), "\(context): \(store.size) facts, a part of a batch")
        #expect((acknowledged...acknowledged + 1).contains(whole), "\(context): \(whole) of \(acknowledged) batches")
        let facts = try store.facts(in: 0..<store.size)
        let expected = batches.prefix(whole).flatMap(\.facts)
        #expect(facts.count == expected.count && zip(facts, expected).allSatisfy(StoreSamples.areSame), "\(context)")
        for (number, batch) in batches.enumerated() {
            let isThere = number < whole
            for part in batch.privateParts {
                #expect(try store.privatePart(at: part.index) == (isThere ? part : nil), "\(context): \(part.index)")
            }
            for tile in batch.tiles {
                let found = try store.tile(level: tile.level, index: tile.index)
                #expect(found == (isThere ? tile.hashes : nil), "\(context): tile \(tile.level)/\(tile.index)")
            }
        }
        let run = try store.keyRuns()
        #expect(run == (whole == 3 ? [batches[2].keyRun?.run].compactMap(\.self) : []), "\(context)")
        for (page, bytes) in (whole == 3 ? batches[2].keyRun?.pages ?? [] : []).enumerated() {
            #expect(try store.keyPage(run: 1, page: page) == bytes, "\(context)")
        }
        #expect(try store.latestSnapshot() == (whole == 3 ? batches[2].snapshot : nil), "\(context)")
        if let checkpoint { #expect(try store.checkpoint() == checkpoint, "\(context)") }
        let integrity = try DatabaseQueue(path: path).read { try String.fetchOne($0, sql: "PRAGMA integrity_check") }
        #expect(integrity == "ok", "\(context)")
        // The log goes on where it ends.
        if whole < batches.count { try store.append(batches[whole]) }
    }

    /// The power cut must have teeth: a store that does not sync its commits loses acknowledged ones to it.
    @Test func aStoreThatDoesNotSyncIsCaught() throws {
        var lost = false
        for number in Int32(1)...200 where !lost {
            let folder = try TemporaryFolder(inMemory: true)
            let path = folder.file("careless.sqlite")
            let acknowledged = try carelessCommits(path, cutAt: number)
            let queue = try? DatabaseQueue(path: path)
            let found = try? queue?.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM t") }
            lost = (found ?? 0) < acknowledged
        }
        #expect(lost)
    }

    private func carelessCommits(_ path: String, cutAt number: Int32) throws -> Int {
        let disk = try ArmedDisk(path, calls: FAULTY_DISK_WRITE.rawValue, number: number, fault: FAULTY_DISK_CUT)
        defer { disk.disarm() }
        var acknowledged = 0
        do {
            // GRDB's own WAL mode: synchronous=NORMAL.
            let pool = try DatabasePool(path: path)
            try pool.write { try $0.execute(sql: "CREATE TABLE t (x)") }
            for value in 0..<20 {
                try pool.write { try $0.execute(sql: "INSERT INTO t VALUES (?)", arguments: [value]) }
                acknowledged += 1
            }
            try pool.close()
        } catch {}
        return acknowledged
    }
}
