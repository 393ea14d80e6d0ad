import District
import Facts
import Foundation
import Storage
import StorageTesting
import Synchronization
import Testing

@testable import Operations

@Suite(.timeLimit(.minutes(5))) struct SequencerTests {
    @Test func answersComeInOrder() async throws {
        let test = try await TestDistrict()
        let district = try test.open()
        try await TestDistrict.register(["device/1"], in: district)
        let size = district.store.size
        let first = try TestDistrict.fact(district, id: "a")
        let batch = [
            first, try TestDistrict.fact(district, source: "device/unknown", id: "x"), first,
            try TestDistrict.fact(district, id: "b"), try TestDistrict.fact(district, id: "c", type: "lift.locked"),
            try TestDistrict.fact(district, id: "b"),
        ]
        let outcomes = try await district.sequencer.submit(batch)
        #expect(outcomes.count == 6)
        #expect(outcomes[0] == .accepted(index: size))
        #expect(outcomes[2] == .duplicate(index: size))
        #expect(outcomes[3] == .accepted(index: size + 1))
        #expect(outcomes[5] == .duplicate(index: size + 1))
        guard case .refused(let stranger) = outcomes[1], case .refused(let role) = outcomes[4] else {
            Issue.record("\(outcomes)")
            return
        }
        #expect(stranger.code == .unauthenticated)
        #expect(role.code == .forbidden)
        #expect(district.store.size == size + 2)
        #expect(district.published.head.size == size + 2)
        #expect(try await district.sequencer.submit([] as [Fact]) == [])
        try await district.stop()
    }

    @Test func aThousandCopiesAtOnceAreOneFact() async throws {
        let test = try await TestDistrict()
        let district = try test.open()
        try await TestDistrict.register(["device/1"], in: district)
        let fact = try TestDistrict.fact(district, id: "same")
        let outcomes = try await withThrowingTaskGroup(of: [Outcome].self) { group in
            for _ in 0..<1000 { group.addTask { try await district.sequencer.submit([fact]) } }
            var all: [Outcome] = []
            for try await outcomes in group { all += outcomes }
            return all
        }
        let index = district.store.size - 1
        #expect(outcomes.count { $0 == .accepted(index: index) } == 1)
        #expect(outcomes.count { $0 == .duplicate(index: index) } == 999)
        try await district.stop()
    }

    @Test func tenThousandFactsSentAgainCountOnce() async throws {
        let test = try await TestDistrict()
        let (first, facts) = try await test.run { district async throws in
            try await TestDistrict.register(["device/1"], in: district)
            let facts = try (0..<10_000).map { try TestDistrict.fact(district, id: "\($0)", lift: "lift-\($0 % 50)") }
            return (district.store.size, facts)
        }
        @Sendable func sendAll(_ district: RunningDistrict) async throws -> [Outcome] {
            var outcomes: [Outcome] = []
            for start in stride(from: 0, to: facts.count, by: 1000) {
                outcomes += try await district.sequencer.submit(Array(facts[start..<start + 1000]))
            }
            return outcomes
        }
        try await test.run { district async throws in
            #expect(try await sendAll(district) == (0..<10_000).map { .accepted(index: first + $0) })
            #expect(try await sendAll(district) == (0..<10_000).map { .duplicate(index: first + $0) })
        }
        try await test.run { district async throws in
            // Now each one is looked up on disk.
            #expect(try await sendAll(district) == (0..<10_000).map { .duplicate(index: first + $0) })
            #expect(district.store.size == first + 10_000)
        }
    }

    @Test func equalIdsOfOthersAreNoDuplicates() async throws {
        let test = try await TestDistrict()
        let district = try test.open()
        try await TestDistrict.register(["device/1", "device/2"], in: district)
        let one = try TestDistrict.fact(district, source: "device/1", id: "7")
        let two = try TestDistrict.fact(district, source: "device/2", id: "7")
        // Canonically equivalent, other bytes: another id.
        let composed = try TestDistrict.fact(district, id: "\u{E9}")
        let decomposed = try TestDistrict.fact(district, id: "e\u{301}")
        let outcomes = try await district.sequencer.submit([one, two, composed, decomposed])
        #expect(outcomes.allSatisfy { if case .accepted = $0 { true } else { false } }, "\(outcomes)")
        try await district.stop()
    }

    @Test func aFullQueueTakesNothing() async throws {
        let test = try await TestDistrict()
        let gate = Gate()
        let real = try SQLiteStore(path: test.files.store, mode: .write)
        let district = try test.open(ObservedStore(real) { _ in gate.pass() })
        try await TestDistrict.register(["device/1"], in: district)
        let fact = try TestDistrict.fact(district, id: "same")
        gate.close()
        let copies = Array(repeating: fact, count: 10_000)
        // One is being committed, one waits for that, five fill the queue.
        let taken = (0..<7).map { number in
            Task {
                while number > 0, !gate.isSomebodyWaiting { try await Task.sleep(for: .milliseconds(1)) }
                return try await district.sequencer.submit(copies)
            }
        }
        while district.sequencer.waiting < Limits.queueFacts { try await Task.sleep(for: .milliseconds(1)) }
        await #expect(throws: SubmissionError.busy(retryAfterSeconds: Limits.retryAfterSeconds)) {
            try await district.sequencer.submit([try TestDistrict.fact(district, id: "one too many")])
        }
        gate.open()
        var accepted = 0
        for task in taken { accepted += try await task.value.count { if case .accepted = $0 { true } else { false } } }
        #expect(accepted == 1)
        #expect(try district.store.bodies().count { $0.contains("one too many") } == 0)
        let later = try await district.sequencer.submit([try TestDistrict.fact(district, id: "one too many")])
        #expect(later == [.accepted(index: district.store.size - 1)])
        try await district.stop()
    }

    @Test func receivedNeverGoesBack() async throws {
        let test = try await TestDistrict()
        let district = try test.open()
        try await TestDistrict.register(["device/1"], in: district)
        for (number, step) in [0, 5000, -60_000, 10, -1, 120_000, -500_000].enumerated() {
            test.clock.advance(Int64(step))
            let fact = try TestDistrict.fact(district, id: "\(number)", time: TestClock.start)
            #expect(try await district.sequencer.submit([fact]).count == 1)
        }
        let received = try district.store.facts(in: 0..<district.store.size).map(\.received)
        #expect(received == received.sorted())
        try await district.stop()
        #expect(try audit(test).finding == nil)
    }

    @Test func aFactReadUnderOldSchemasIsReadAgain() async throws {
        let test = try await TestDistrict()
        let district = try test.open()
        try await TestDistrict.register(["device/1"], in: district)
        let low = try TestDistrict.fact(district, id: "low", floor: 3, person: "p1")
        let high = try TestDistrict.fact(district, id: "high", floor: 120)
        let narrower = try TestDistrict.lifts(version: 2, maximum: 100)
        let adoption = narrower.adoption(source: District.operatorSource, time: test.clock.now)
        let adopting = try FactReader(schemas: district.published.edge.schemas, now: test.clock.now).read(adoption)
        let outcomes = try await district.sequencer.submit([adopting, low, high])
        let size = district.store.size
        #expect(outcomes[0] == .accepted(index: size - 2))
        #expect(outcomes[1] == .accepted(index: size - 1))
        guard case .refused(let refusal) = outcomes[2] else {
            Issue.record("\(outcomes[2])")
            return
        }
        #expect(refusal.field == "data.floor")
        #expect(try test.privateBytes(at: size - 1, in: district.store) == Array("{\"person\":\"p1\"}".utf8))
        let kept = try #require(try district.store.privatePart(at: size - 1))
        #expect(kept.person == "p1" && !kept.sealed.contains(Array("person".utf8)), "encrypted at rest")
        #expect(district.published.edge.schemas["lift.moved"]?.data.first?.maximum == 100)
        try await district.stop()
        #expect(try audit(test).finding == nil)
    }

    @Test func afterStoppingNothingIsTaken() async throws {
        let test = try await TestDistrict()
        let district = try test.open()
        try await TestDistrict.register(["device/1"], in: district)
        let fact = try TestDistrict.fact(district, id: "late")
        try await district.stop()
        await #expect(throws: SubmissionError.stopping) { try await district.sequencer.submit([fact]) }
        #expect(await district.published.grown(beyond: .max) == false)
    }

    /// A batch that is handed over just after the commit before it failed must be answered all the same.
    @Test func nobodyWaitsForEverWhenTheStoreFails() async throws {
        let test = try await TestDistrict()
        let append = Gate()
        let clock = Gate()
        let fails = Mutex(false)
        let real = try SQLiteStore(path: test.files.store, mode: .write)
        let store = ObservedStore(real) { _ throws(StoreError) in
            append.pass()
            if fails.withLock({ $0 }) { throw .io("planned") }
        }
        let time = test.clock
        let district = try test.open(
            store,
            clock: LogClock(isRunning: false) {
                clock.pass()
                return time.now
            })
        try await TestDistrict.register(["device/1"], in: district)
        let facts = try ["a", "b"].map { try TestDistrict.fact(district, id: $0) }
        append.close()
        let first = Task { try await district.sequencer.submit([facts[0]]) }
        try await until { append.isSomebodyWaiting }
        clock.close()
        let answers = Mutex<[Result<[Outcome], SubmissionError>]>([])
        Task {
            let answer: Result<[Outcome], SubmissionError>
            do throws(SubmissionError) { answer = .success(try await district.sequencer.submit([facts[1]])) } catch {
                answer = .failure(error)
            }
            answers.withLock { $0.append(answer) }
        }
        try await until { clock.isSomebodyWaiting }
        fails.withLock { $0 = true }
        append.open()
        await #expect(throws: SubmissionError.failed(.io("planned"))) { try await first.value }
        clock.open()
        await #expect(throws: StoreError.io("planned")) { try await district.ended() }
        try? await until(seconds: 5) { answers.withLock { !$0.isEmpty } }
        #expect(answers.withLock { $0 } == [.failure(.failed(.io("planned")))])
        try real.close()
    }

    private func until(seconds: Double = 30, _ condition: () -> Bool) async throws {
        let end = Date(timeIntervalSinceNow: seconds)
        while !condition() {
            guard Date() < end else { throw CancellationError() }
            try await Task.sleep(for: .milliseconds(1))
        }
    }
}

/// Audits the store of a district that is closed.
func audit(_ test: TestDistrict) throws -> Audit.Report {
    let store = try SQLiteStore(path: test.files.store, mode: .read)
    defer { try? store.close() }
    return try Audit(store, people: PersonKeys(path: test.files.people)).run()
}

/// Holds threads up while it is closed.
final class Gate: Sendable {
    private struct State {
        var isClosed = false
        var waiting = 0
    }

    private let state = Mutex(State())

    func close() { state.withLock { $0.isClosed = true } }

    func open() { state.withLock { $0.isClosed = false } }

    var isSomebodyWaiting: Bool { state.withLock { $0.waiting > 0 } }

    func pass() {
        state.withLock { $0.waiting += 1 }
        while state.withLock({ $0.isClosed }) { Thread.sleep(forTimeInterval: 0.001) }
        state.withLock { $0.waiting -= 1 }
    }
}
