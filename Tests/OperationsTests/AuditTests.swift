import Facts
import Foundation
import GRDB
import Ledger
import Storage
import StorageTesting
import Testing

@testable import Operations

@Suite(.timeLimit(.minutes(5))) struct AuditTests {
    @Test func aCleanLogHasNoFinding() async throws {
        let fixture = try await AuditFixture.make()
        let report = try audit(TestDistrict(fixture.image))
        #expect(report.finding == nil)
        #expect(report.facts == UInt64(fixture.facts.count) && report.facts > 600)
        #expect(report.checkpointSize == report.facts)
        #expect(report.unverifiedSpans.isEmpty)
        #expect(
            report.gaps == [
                Audit.Gap(source: "device/2", missing: 3...4), Audit.Gap(source: "device/2", missing: 7...8),
            ])
        for type in ["source.silent", "source.resumed", "system.sealed"] { _ = try fixture.index(of: type) }
        let again = try fixture.rewritten(fixture.facts)
        #expect(try Audit(again).run().finding == nil)
    }

    /// One bit anywhere in what is kept.
    @Test func anyFlippedBitIsFound() async throws {
        let fixture = try await AuditFixture.make()
        let seed = UInt64.random(in: 0..<1 << 40)
        var random = Seeded(seed)
        let test = try TestDistrict(fixture.image)
        let queue = try DatabaseQueue(path: test.files.store)
        defer { try? queue.close() }
        let size = fixture.facts.count
        let lastTile = size / 256 * 256
        for round in 0..<60 {
            let column = ["body", "salt", "received"][round % 3]
            // Every fourth time in the part that no full tile covers.
            let index =
                round % 4 == 0
                ? lastTile + Int(random.next() % UInt64(size - lastTile)) : Int(random.next() % UInt64(size))
            let finding = try flip("fact", column, "idx = \(index)", queue, test, &random)
            let found = try #require(finding, "\(column) of fact \(index), seed \(seed)")
            if index < lastTile {
                #expect(found.index == UInt64(index), "\(column): \(found), seed \(seed)")
            } else {
                #expect(found.index >= UInt64(lastTile), "\(column) of \(index): \(found), seed \(seed)")
            }
        }
        for round in 0..<20 {
            let tile = random.next() % 2
            let place = try #require(
                try flip("tile", "hashes", "key = \(tile)", queue, test, &random), "seed \(seed), round \(round)")
            #expect(place.index / 256 == tile, "\(place), seed \(seed)")
        }
        let parts = fixture.facts.indices.filter { fixture.facts[$0].privateCommitment != nil }
        #expect(parts.count == 120)
        for _ in 0..<20 {
            let index = try #require(parts.randomElement(using: &random))
            let finding = try flip("privatePart", "sealed", "idx = \(index)", queue, test, &random)
            #expect(finding?.index == UInt64(index), "seed \(seed)")
        }
        let signed = fixture.facts.indices.filter { fixture.facts[$0].signature != nil }
        #expect(signed.count == 12)
        for index in signed {
            let finding = try flip("fact", "signature", "idx = \(index)", queue, test, &random)
            #expect(finding?.index == UInt64(index), "seed \(seed)")
        }
        for _ in 0..<15 {
            let finding = try flip("checkpoint", "note", "id = 1", queue, test, &random)
            #expect(finding != nil, "seed \(seed)")
        }
        #expect(try audit(test).finding == nil)
    }

    /// Flips a random bit of a value, audits, and puts the value back.
    private func flip(
        _ table: String, _ column: String, _ row: String, _ queue: DatabaseQueue, _ test: TestDistrict,
        _ random: inout Seeded
    ) throws -> Audit.Finding? {
        let select = "SELECT CAST(\(column) AS BLOB) FROM \(table) WHERE \(row)"
        let isNumber = column == "received"
        let before = try #require(try queue.read { try Data.fetchOne($0, sql: select) })
        var after = before
        let at = Int(random.next() % UInt64(after.count))
        // Of a number written in digits the last bit, so that it stays one.
        after[at] ^= isNumber ? 1 : 1 << (random.next() % 8)
        let type = isNumber ? "INTEGER" : column == "note" ? "TEXT" : "BLOB"
        let update = "UPDATE \(table) SET \(column) = CAST(? AS \(type)) WHERE \(row)"
        try queue.write { try $0.execute(sql: update, arguments: [after]) }
        defer { try? queue.write { try $0.execute(sql: update, arguments: [before]) } }
        return try audit(test).finding
    }

    @Test func whatIsMissingIsNamed() async throws {
        let fixture = try await AuditFixture.make()
        for (sql, index) in [
            ("DELETE FROM fact WHERE idx = 77", 77), ("DELETE FROM tile WHERE key = 1", 256),
            ("UPDATE fact SET salt = x'00' WHERE idx = 300", 300),
            ("UPDATE tile SET hashes = zeroblob(100) WHERE key = 0", 0),
        ] {
            let test = try TestDistrict(fixture.image)
            let queue = try DatabaseQueue(path: test.files.store)
            try await queue.write { try $0.execute(sql: sql) }
            try queue.close()
            #expect(try audit(test).finding?.index == UInt64(index), "\(sql)")
        }
        // The end of the log cut off, tiles and all: the checkpoint knows.
        let short = try fixture.rewritten(Array(fixture.facts.prefix(500)))
        let whole = try fixture.rewritten(fixture.facts)
        try short.save(checkpoint: #require(try whole.checkpoint()))
        let finding = try #require(try Audit(short).run().finding)
        #expect(finding.index == 500 && finding.what.contains("the rest is missing"))
    }

    /// An erased private part leaves no finding: its commitment outlives it.
    @Test func erasureIsNoFinding() async throws {
        let fixture = try await AuditFixture.make()
        let test = try TestDistrict(fixture.image)
        let queue = try DatabaseQueue(path: test.files.store)
        try await queue.write { try $0.execute(sql: "DELETE FROM privatePart") }
        try queue.close()
        #expect(try audit(test).finding == nil)
    }

    /// The operator himself writes the log anew before anybody saw it: every hash is right, and still it shows.
    @Test func aRewrittenLogShowsWhatWasDone() async throws {
        let fixture = try await AuditFixture.make()
        func finding(_ change: (inout [StoredFact]) throws -> Void) throws -> Audit.Finding {
            var facts = fixture.facts
            try change(&facts)
            return try #require(try Audit(fixture.rewritten(facts)).run().finding)
        }
        let silent = try fixture.index(of: "source.silent")
        let resumed = try fixture.index(of: "source.resumed")
        let sealed = try fixture.index(of: "system.sealed")

        // An alarm suppressed.
        var found = try finding { $0.remove(at: silent) }
        #expect(found.index == UInt64(silent) && found.what.contains("source.silent of device/1 was due"), "\(found)")
        found = try finding { $0.remove(at: resumed) }
        #expect(found.index == UInt64(resumed) && found.what.contains("must stand source.resumed"), "\(found)")
        // At the very end nothing comes behind.
        #expect(sealed == fixture.facts.count - 1)
        found = try finding { $0.removeLast() }
        #expect(found.index == UInt64(sealed) && found.what.contains("system.sealed") && found.what.contains("missing"))
        // One altered.
        found = try finding {
            $0[silent] = AuditFixture.altered($0[silent]) {
                $0.replacingOccurrences(of: "\"silentAfterSeconds\":600", with: "\"silentAfterSeconds\":900")
            }
        }
        #expect(found.index == UInt64(silent) && found.what.contains("demanded"), "\(found)")
        found = try finding {
            $0[sealed] = AuditFixture.altered($0[sealed]) {
                $0.replacingOccurrences(of: "\"digest\":\"", with: "\"digest\":\"0")
            }
        }
        #expect(found.index == UInt64(sealed), "\(found)")
        // One invented.
        found = try finding {
            let invented = AuditFixture.altered($0[silent]) {
                $0.replacingOccurrences(of: "device/1", with: "device/2")
            }
            $0.insert(
                StoredFact(received: $0[99].received, salt: invented.salt, body: invented.body), at: 100)
        }
        #expect(found.index == 100 && found.what.contains("nothing in force demanded"), "\(found)")
        // The consequence moved away from its cause.
        found = try finding { $0.swapAt(resumed, resumed + 1) }
        #expect(found.index == UInt64(resumed), "\(found)")
        // A fact from nobody, and the clock set back.
        found = try finding {
            $0[50] = AuditFixture.altered($0[50]) {
                $0.replacingOccurrences(of: "\"source\":\"device/", with: "\"source\":\"stranger/")
            }
        }
        #expect(found.index == 50 && found.what.contains("should have been refused"), "\(found)")
        found = try finding {
            $0[60] = StoredFact(received: $0[59].received - 1, salt: $0[60].salt, body: $0[60].body)
        }
        #expect(found.index == 60 && found.what.contains("goes back"), "\(found)")
        // A signature under another body.
        let signed = try #require(fixture.facts.firstIndex { $0.signature != nil })
        found = try finding {
            $0[signed] = AuditFixture.altered($0[signed]) {
                $0.replacingOccurrences(of: "\"floor\":1", with: "\"floor\":2")
            }
        }
        #expect(found.index == UInt64(signed) && found.what.contains("does not verify"), "\(found)")
        // A log rewritten with other facts under the old checkpoint.
        let rewritten = try fixture.rewritten(Array(fixture.facts.dropLast(2)))
        try rewritten.save(
            checkpoint: #require(
                try fixture.rewritten(
                    fixture.facts.dropLast(2).map {
                        StoredFact(received: $0.received, salt: Salt(repeating: 1), body: $0.body)
                    }
                ).checkpoint()))
        found = try #require(try Audit(rewritten).run().finding)
        #expect(found.what.contains("root is not that of the signed checkpoint"))
    }

    @Test func aFactThatStandsTwiceIsNamed() async throws {
        let fixture = try await AuditFixture.make()
        // The last fact that a device said, once more behind itself: nothing else about the log is wrong.
        let place = try #require(
            fixture.facts.lastIndex { String(decoding: $0.body, as: UTF8.self).contains("\"lift.moved\"") })
        var facts = Array(fixture.facts.prefix(place + 1))
        facts.append(facts[place])
        let finding = try #require(try Audit(fixture.rewritten(facts)).run().finding)
        #expect(finding.index == UInt64(place + 1))
        #expect(finding.what == "stands in the log already, as fact \(place)")
    }

    /// Cut off with its checkpoint, a log looks whole; who saw a later checkpoint knows better.
    @Test func aCheckpointSeenElsewhereIsHeldAgainstTheLog() async throws {
        let fixture = try await AuditFixture.make()
        let whole = try fixture.rewritten(fixture.facts)
        let seen = try #require(try whole.checkpoint())
        #expect(try Audit(whole, seen: seen).run().finding == nil)
        let short = MemoryStore()
        var batch = StoredBatch(first: 0)
        batch.facts = Array(fixture.facts.prefix(200))
        try short.append(batch)
        #expect(try Audit(short).run().finding == nil)
        #expect(try Audit(short, seen: seen).run().finding?.what.contains("the rest is missing") == true)
    }

    @Test func anotherKeysCheckpointIsFound() async throws {
        let fixture = try await AuditFixture.make()
        let store = try fixture.rewritten(fixture.facts)
        let other = try Ed25519Signer.generate(name: fixture.origin)
        let text = try #require(try store.checkpoint())
        let checkpoint = try Checkpoint(text: SignedNote(parsing: Array(text.utf8)).text)
        try store.save(checkpoint: checkpoint.sign(with: [other]).encoded)
        #expect(try Audit(store).run().finding?.what.contains("not signed by the log's own key") == true)
    }
}
