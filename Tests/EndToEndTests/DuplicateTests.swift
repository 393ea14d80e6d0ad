import Client
import Facts
import Foundation
import Testing

/// A fact counts once, however often and however simultaneously it is sent.
@Suite(.turn) struct DuplicateTests {
    private static let source = "device/a"

    @Test func tenThousandSentAgain() async throws {
        let store = try await Store(devices: Self.source)
        let served = try await Served(store)
        let speaking = try served.client.speaking(as: store.token(Self.source))
        let before = try await served.client.status().size
        let batches = (0..<20).map { batch in (0..<500).map { Said.fell("\(batch)-\($0)", from: Self.source) } }
        func send(_ batches: [[[UInt8]]]) async throws -> [[FactAnswer]] {
            try await withThrowingTaskGroup(of: (Int, [FactAnswer]).self) { group in
                for (number, batch) in batches.enumerated() {
                    group.addTask { (number, try await speaking.postUntilTaken(facts: batch)) }
                }
                return try await group.reduce(into: [[FactAnswer]](repeating: [], count: batches.count)) {
                    $0[$1.0] = $1.1
                }
            }
        }
        let first = try await send(batches)
        let again = try await send(batches.map { $0.reversed() }).map { Array($0.reversed()) }
        let pairs = zip(first.joined(), again.joined())
        #expect(first.joined().count == 10_000 && again.joined().count == 10_000)
        let wrong = pairs.filter { first, again in
            guard case .accepted(let index, false) = first else { return true }
            return again != .accepted(index: index, duplicate: true)
        }
        #expect(wrong.isEmpty, "\(wrong.prefix(3))")
        #expect(Set(first.joined().compactMap(\.index)) == Set(before..<before + 10_000))
        #expect(try await served.client.status().size == before + 10_000)
        #expect(try await served.metric("facts_duplicate_total") == 10_000)
        // Another source may use the same ids; after a restart they are still known.
        try await served.stopWell()
        let restarted = try await Served(store)
        let third = try await restarted.client.speaking(as: store.token(Self.source)).post(facts: batches[7])
        #expect(third == again[7])
        try await restarted.stopWell()
    }

    @Test func aThousandCopiesAtOnce() async throws {
        let store = try await Store(devices: Self.source)
        let served = try await Served(store)
        let speaking = try served.client.speaking(as: store.token(Self.source))
        let before = try await served.client.status().size
        let fact = Said.fell("one", from: Self.source)
        let answers = try await withThrowingTaskGroup(of: [FactAnswer].self) { group in
            for _ in 0..<50 {
                group.addTask {
                    var answers: [FactAnswer] = []
                    for _ in 0..<10 { answers.append(try await speaking.post(fact: fact)) }
                    return answers
                }
            }
            for _ in 0..<10 {
                group.addTask { try await speaking.post(facts: [[UInt8]](repeating: fact, count: 50)) }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(answers.count == 1_000)
        #expect(answers.count { $0 == .accepted(index: before, duplicate: false) } == 1)
        #expect(answers.count { $0 == .accepted(index: before, duplicate: true) } == 999)
        #expect(try await served.client.status().size == before + 1)
        try await served.stopWell()
    }
}
