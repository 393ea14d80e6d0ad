import Client
import Facts
import Foundation
import Glibc
import Ledger
import Testing

/// Killed at any moment under load, a district has lost nothing that it acknowledged and doubled nothing.
@Suite(.turn) struct CrashTests {
    private static let kills = 30
    private static let devices = ["device/a", "device/b", "device/c", "device/d"]
    /// Falls silent again and again; its silences must be facts exactly once each.
    private static let watched = "device/watched"
    private static let silentAfterMs: Int64 = 1_000

    @Test func killedThirtyTimesUnderLoad() async throws {
        let seed = UInt64.random(in: 0..<1_000_000)
        var random = SplitMix(seed: seed)
        var store = try await Store(devices: "device/a", "device/b", "device/c", "device/d")
        try await store.add(Self.watched, role: "device", "--silent-after", "\(Self.silentAfterMs / 1_000)")

        let load = Load()
        var killedAt: [Int64] = []
        let watchedToken = try store.token(Self.watched)
        let sources = try Self.devices.map { ($0, try store.token($0)) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, (source, token)) in sources.enumerated() {
                group.addTask { await load.run(source, token: token, seed: seed &+ UInt64(number)) }
            }
            // The watched device speaks now and then; whoever looks at checkpoints keeps each.
            let background = Task { await load.beat(Self.watched, token: watchedToken, seed: seed &+ 99) }
            let looking = Task { await load.collectCheckpoints() }
            for _ in 0..<Self.kills {
                let served = try await Served(store)
                load.serve(at: served.url)
                try await Task.sleep(for: .milliseconds(Int.random(in: 0...250, using: &random)))
                killedAt.append(Int64(Date().timeIntervalSince1970 * 1_000))
                let ending = try await served.stop(SIGKILL)
                #expect(ending == .signal(SIGKILL), "seed \(seed): \(served.child.errors)")
                load.serve(at: nil)
            }
            // After the last kill the state is the same however it is reached.
            let digest = try await store.replayed()
            #expect(try await store.replayed("--snapshot") == digest, "seed \(seed)")

            let served = try await Served(store)
            load.serve(at: served.url)
            load.finish()
            try await group.waitForAll()
            background.cancel()
            looking.cancel()
            await background.value
            await looking.value
            try await served.stopWell()
        }
        try await judge(store, load, killedAt, seed: seed)
    }

    private func judge(_ store: Store, _ load: Load, _ killedAt: [Int64], seed: UInt64) async throws {
        #expect(load.contradictions.isEmpty, "seed \(seed): \(load.contradictions.prefix(5))")
        #expect(load.repeats > 0, "seed \(seed)")

        let digest = try await store.replayed()
        let seal = try await jianghan("seal", "--store", store.path)
        #expect(seal.status == 0, "seed \(seed): \(seal.all)")
        // The audit derives the seal's digest again: it is that of the state which the start recovered.
        let report = try await store.audited()
        #expect(report["digest"]?.string == (try await store.replayed()), "seed \(seed)")

        let facts = try await store.facts()
        #expect(facts.enumerated().allSatisfy { UInt64($0) == $1.index }, "seed \(seed)")
        #expect(facts.last?.type == "system.sealed" && facts.last?.data["digest"]?.string != digest, "seed \(seed)")
        var places: [String: [UInt64]] = [:]
        for fact in facts { places["\(fact.source)|\(fact.id)", default: []].append(fact.index) }
        let doubled = places.filter { $0.value.count > 1 }
        #expect(doubled.isEmpty, "seed \(seed): \(doubled.keys.prefix(5))")
        let acknowledged = load.acknowledged
        #expect(acknowledged.count > 100, "seed \(seed)")
        let lost = acknowledged.filter { id, index in
            let source = id.split(separator: "/").prefix(2).joined(separator: "/")
            return places["\(source)|\(id)"] != [index]
        }
        #expect(lost.isEmpty, "seed \(seed): \(lost.prefix(5))")

        try silencesAreFactsOnce(facts, killedAt, seed: seed)
        try await checkpointsAgree(store, load.checkpoints, seed: seed)
    }

    /// Between two facts of the watched device stands one silence if they are further apart than it stated, else none.
    private func silencesAreFactsOnce(_ facts: [ShownFact], _ killedAt: [Int64], seed: UInt64) throws {
        let end = try #require(facts.last)
        let own = facts.filter {
            $0.source == Self.watched || ($0.type == "source.registered" && $0.subject == Self.watched)
        }
        let silences = facts.filter { $0.type == "source.silent" && $0.subject == Self.watched }
        var expected = 0
        var acrossKills = 0
        for (fact, next) in zip(own, own.dropFirst().map(\.self) + [end]) {
            let isLong = next.received - fact.received >= Self.silentAfterMs
            expected += isLong ? 1 : 0
            let count = silences.count { (fact.index..<next.index).contains($0.index) }
            if isLong, killedAt.contains(where: { (fact.received..<next.received).contains($0) }) { acrossKills += 1 }
            #expect(count == (isLong ? 1 : 0), "seed \(seed): after fact \(fact.index)")
        }
        #expect(silences.count == expected && expected > 0, "seed \(seed): \(silences.count) for \(expected)")
        #expect(acrossKills > 0, "seed \(seed)")
    }

    /// Every checkpoint that anybody was ever given is that of the final log at its size.
    private func checkpointsAgree(_ store: Store, _ notes: [String], seed: UInt64) async throws {
        let path = store.folder.file("log")
        let ran = try await jianghan("log", "export", "--store", store.path, "--to", path)
        try #require(ran.status == 0, "\(ran.all)")
        let log = LogDirectory(path: path)
        let last = try log.verified()
        let roots = try log.roots(size: last.size)
        let key = try VerifierKey(text: text(at: path + "/vkey").trimmingCharacters(in: .whitespacesAndNewlines))
        #expect(!notes.isEmpty, "seed \(seed)")
        for note in notes {
            let checkpoint = try Checkpoint.open(note: Array(note.utf8), origin: key.name, keys: [key])
            try #require(checkpoint.size <= last.size, "seed \(seed): \(checkpoint.size) of \(last.size)")
            #expect(roots[Int(checkpoint.size)] == checkpoint.root, "seed \(seed): size \(checkpoint.size)")
        }
    }
}
