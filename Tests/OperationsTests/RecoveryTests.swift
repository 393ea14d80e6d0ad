import District
import Facts
import Foundation
import GRDB
import Ledger
import Storage
import StorageTesting
import Testing

@testable import Operations

@Suite(.timeLimit(.minutes(5))) struct RecoveryTests {
    /// Days of a district with everything in it, from a seed: silences, returns, revocations, new registrations, new
    /// schemas, late facts, repeats, private parts, seals.
    private func live(_ district: RunningDistrict, _ clock: TestClock, _ random: inout Seeded, steps: Int) async throws
    {
        for _ in 0..<steps {
            clock.advance(Int64(random.next() % 40_000))
            let number = random.next() % 6
            let word = String(random.next() % 100_000)
            switch random.next() % 24 {
            case 0:
                let body = FactWriter.body(
                    id: "revoke \(word)", source: District.operatorSource, type: "source.revoked",
                    subject: "device/\(number)", time: clock.now, data: .object([]))
                _ = try await district.say(body)
            case 1:
                try? await TestDistrict.register(
                    ["device/\(number)"], in: district,
                    silentAfter: random.next() % 3 == 0 ? nil : Int64(random.next() % 600 + 1), suffix: " again \(word)"
                )
            case 2:
                let version = Int(district.published.head.size)
                let scenario = try TestDistrict.lifts(version: version, maximum: 100 + version % 50)
                _ = try await district.say(scenario.adoption(source: District.operatorSource, time: clock.now))
            case 3:
                let body = FactWriter.body(
                    id: "seal \(word)", source: District.operatorSource, type: "seal.requested", subject: "test",
                    time: clock.now, data: .object([]))
                _ = try await district.say(body)
            case 4: clock.advance(Int64(random.next() % 50_000_000))
            default:
                let facts = try (0..<Int(random.next() % 12)).map { offset in
                    try TestDistrict.fact(
                        district, source: "device/\(number)", id: "\(word)-\(offset % 9)",
                        lift: "lift-\(random.next() % 20)", floor: Int(random.next() % 90),
                        person: random.next() % 4 == 0 ? "person-\(number)" : nil,
                        time: clock.now - Int64(random.next() % 10_000))
                }
                _ = try await district.sequencer.submit(facts)
            }
        }
    }

    @Test(arguments: 0..<4) func theStateIsTheReplayAfterAnyStart(round: UInt64) async throws {
        let seed = UInt64.random(in: 0..<1 << 40) &+ round
        var random = Seeded(seed)
        var test = try await TestDistrict()
        try await test.run { district async throws in
            for number in 0..<6 {
                try await TestDistrict.register(
                    ["device/\(number)"], in: district, silentAfter: Int64(number * 100 + 60))
            }
            // So that the log has a full tile whatever the seed.
            _ = try await district.sequencer.submit(
                (0..<260).map { try TestDistrict.fact(district, source: "device/5", id: "first \($0)") })
        }
        for start in 0..<5 {
            let context = "seed \(seed), start \(start)"
            if random.next() % 2 == 0 {
                try await test.run { district async throws in
                    try await live(district, test.clock, &random, steps: 30)
                }
            } else {
                // Ends as by a power cut: no snapshot, no last checkpoint.
                let district = try test.open()
                try await live(district, test.clock, &random, steps: 30)
                let image = try test.image()
                try await district.stop()
                test = try TestDistrict(image)
            }
            try compare(test, context)
        }
        let report = try audit(test)
        #expect(report.finding == nil, "seed \(seed)")
        #expect(report.facts > 256, "seed \(seed)")
    }

    /// Everything that can be computed in two ways is.
    private func compare(_ test: TestDistrict, _ context: String) throws {
        let store = try SQLiteStore(path: test.files.store, mode: .read)
        defer { try? store.close() }
        let replayed = try Recovery.district(from: store, useSnapshot: false)
        let recovered = try Recovery.district(from: store)
        #expect(recovered.digest == replayed.digest, "\(context)")
        #expect(recovered.nextDue == replayed.nextDue, "\(context)")
        #expect(recovered.size == store.size, "\(context)")
        #expect(try audit(test).digest == replayed.digest, "\(context)")
        // A seal says what the sequencer's own state was.
        for (index, body) in try store.bodies().enumerated() where body.contains("\"type\":\"system.sealed\"") {
            let prefix = MemoryStore()
            var batch = StoredBatch(first: 0)
            batch.facts = try store.facts(in: 0..<UInt64(index))
            try prefix.append(batch)
            let digest = try Recovery.district(from: prefix).digest
            #expect(body.contains(digest), "\(context), seal at \(index)")
        }
        var tree = MerkleTree()
        for fact in try store.facts(in: 0..<store.size) { tree.append(fact.leafHash) }
        let fold = try Recovery.fold(from: store, people: PersonKeys(path: test.files.people))
        #expect(fold.tree.root == tree.root, "\(context)")
        #expect(fold.tree.size == store.size, "\(context)")
    }

    @Test func aDamagedSnapshotCostsTimeOnly() async throws {
        let test = try await TestDistrict()
        try await test.run { district async throws in
            try await TestDistrict.register(["device/1"], in: district, silentAfter: 60)
            _ = try await district.sequencer.submit(
                (0..<50).map { try TestDistrict.fact(district, id: "\($0)", lift: "lift-\($0 % 5)") })
        }
        let store = try SQLiteStore(path: test.files.store, mode: .read)
        let snapshot = try #require(try store.latestSnapshot())
        let digest = try Recovery.district(from: store, useSnapshot: false).digest
        #expect(snapshot.district?.digest == digest)
        try store.close()
        var random = Seeded(7)
        var damaged: [(String, [UInt8])] = [("empty", []), ("cut", Array(snapshot.state.dropLast()))]
        for _ in 0..<40 {
            let at = Int(random.next() % UInt64(snapshot.state.count))
            var state = snapshot.state
            state[at] ^= 1 << (random.next() % 8)
            damaged.append(("byte \(at)", state))
        }
        for (what, state) in damaged {
            #expect(StoredSnapshot(size: snapshot.size, state: state).district == nil, "\(what)")
        }
        for (what, sql) in [
            ("state", "UPDATE snapshot SET state = zeroblob(500)"), ("size", "UPDATE snapshot SET size = size - 1"),
            ("ahead", "UPDATE snapshot SET size = size + 100"), ("negative", "UPDATE snapshot SET size = -size"),
            ("gone", "DELETE FROM snapshot"),
        ] {
            let other = try TestDistrict(test.image())
            let queue = try DatabaseQueue(path: other.files.store)
            try await queue.write { try $0.execute(sql: sql) }
            try queue.close()
            let store = try SQLiteStore(path: other.files.store, mode: .read)
            #expect(try Recovery.district(from: store).digest == digest, "\(what)")
            try store.close()
            try await other.run { district async throws in
                let outcomes = try await district.sequencer.submit([try TestDistrict.fact(district, id: "7")])
                #expect(outcomes.count == 1)
            }
            #expect(try audit(other).finding == nil, "\(what)")
        }
    }

    @Test func aFactThatCannotBeReadIsNamed() async throws {
        let test = try await TestDistrict()
        let queue = try DatabaseQueue(path: test.files.store)
        try await queue.write {
            try $0.execute(sql: "DELETE FROM snapshot; UPDATE fact SET body = x'7B' WHERE idx = 1")
        }
        try queue.close()
        #expect {
            try test.open()
        } throws: { error in
            if case OpeningError.unreadable(index: 1, _) = error { true } else { false }
        }
    }
}
