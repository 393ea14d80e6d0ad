import District
import Facts
import FaultyDisk
import Foundation
import Storage
import StorageTesting
import Testing

@testable import Operations

/// The district under every single failure of its store: what was acknowledged is there after the next start, nothing is
/// half, nobody waits for ever, the audit finds nothing and the guard lets the log go on.
@Suite(.timeLimit(.minutes(5))) struct FaultTests {
    /// A founded district with sources, a past on disk, and a device that is about to be missed.
    private func past() async throws -> TestDistrict.Image {
        let test = try await TestDistrict()
        try await test.run { district async throws in
            try await TestDistrict.register(["device/1", "device/2"], in: district)
            try await TestDistrict.register(["device/quiet"], in: district, silentAfter: 60)
            _ = try await district.sequencer.submit(
                (0..<240).map { try TestDistrict.fact(district, id: "old \($0)", lift: "lift-\($0 % 9)") })
        }
        return try test.image()
    }

    /// What a caller was told is in the log.
    private struct Acknowledged {
        var facts: [(index: UInt64, fact: Fact)] = []
        /// And was before; the body is that of the first time.
        var repeated: [(index: UInt64, fact: Fact)] = []
        var error: SubmissionError?
    }

    /// A small working day; ends early when the district does.
    private func work(_ district: RunningDistrict, _ clock: TestClock) async throws -> Acknowledged {
        var acknowledged = Acknowledged()
        func fact(_ id: String, _ source: String = "device/1", person: String? = nil) throws -> Fact {
            try TestDistrict.fact(district, source: source, id: id, lift: "lift-7", person: person)
        }
        let submissions = [
            try [fact("a"), fact("old 3"), fact("b", person: "p1")],
            try (0..<30).map { try fact("many \($0)") },
            [],  // the clock goes on, device/quiet is missed before the next
            try [fact("c"), fact("old 200"), fact("a")],
            try [fact("back", "device/quiet"), fact("d", person: "p2")],
        ]
        for facts in submissions {
            if facts.isEmpty { clock.advance(120_000) }
            do throws(SubmissionError) {
                let outcomes = try await district.sequencer.submit(facts)
                for (fact, outcome) in zip(facts, outcomes) {
                    switch outcome {
                    case .accepted(let index): acknowledged.facts.append((index, fact))
                    case .duplicate(let index): acknowledged.repeated.append((index, fact))
                    case .refused(let refusal): Issue.record("refused: \(refusal)")
                    }
                }
            } catch {
                acknowledged.error = error
            }
        }
        return acknowledged
    }

    private func check(_ test: TestDistrict, _ acknowledged: Acknowledged, _ context: String) async throws {
        // The guard accepts, or this throws.
        let district = try test.open()
        let store = district.store
        for (index, fact) in acknowledged.facts {
            let kept = try store.facts(in: index..<index + 1).first
            #expect(kept?.body == fact.body, "\(context): fact \(index)")
            if let part = fact.privatePart {
                #expect(try test.privateBytes(at: index, in: store) == part, "\(context): private part of \(index)")
            }
        }
        // Whoever was told nothing sends it again, and it counts once.
        let again = try await work(district, test.clock)
        #expect(again.error == nil, "\(context)")
        let known = Dictionary(
            (acknowledged.facts + acknowledged.repeated).map { ($0.fact.key, $0.index) }
        ) { first, _ in first }
        for (index, fact) in again.facts + again.repeated where known[fact.key] != nil {
            #expect(index == known[fact.key], "\(context): \(fact.string(fact.id)) counts twice")
        }
        for type in ["source.silent", "source.resumed"] {
            #expect(try store.count(of: type) >= 1, "\(context)")
        }
        try await district.stop()
        let report = try audit(test)
        #expect(report.finding == nil, "\(context)")
        #expect(report.checkpointSize == report.facts, "\(context)")
    }

    @Test(arguments: FaultyStore.Fault.allCases) func everyCallOfTheStore(fault: FaultyStore.Fault) async throws {
        let image = try await past()
        for method in FaultyStore.Method.allCases {
            var number = 0
            var happened = true
            while happened {
                number += 1
                happened = try await run(image, FaultyStore.Plan(method, number, fault))
                try #require(number < 200, "\(method) never runs out of calls")
            }
            if [.append, .save, .facts, .latestSnapshot, .keyRuns, .checkpoint, .close].contains(method) {
                #expect(number > 1, "\(method) was never called")
            }
        }
    }

    private func run(_ image: TestDistrict.Image, _ plan: FaultyStore.Plan) async throws -> Bool {
        let context = "\(plan.method) \(plan.number) \(plan.fault)"
        let test = try TestDistrict(image)
        let real = try SQLiteStore(path: test.files.store, mode: .write)
        let store = FaultyStore(real, plan)
        var acknowledged = Acknowledged()
        do {
            let district = try test.open(store)
            acknowledged = try await work(district, test.clock)
            do throws(StoreError) {
                try await district.stop()
                #expect(!store.happened, "\(context): the district ends as if nothing had happened")
            } catch {
                #expect(error == plan.fault.error, "\(context)")
            }
            if let error = acknowledged.error { #expect(error == .failed(plan.fault.error), "\(context)") }
        } catch OpeningError.store(let error) {
            #expect(error == plan.fault.error, "\(context)")
        }
        #expect(store.writesAfter == 0, "\(context): writes on after a failed write")
        try? real.close()
        try await check(test, acknowledged, context)
        return store.happened
    }

    struct Trouble: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let fault: faulty_disk_fault
        /// Every so many calls; a whole district runs for each.
        let step: Int32
    }

    @Test(arguments: [
        Trouble(testDescription: "one call fails", fault: FAULTY_DISK_FAILS_ONCE, step: 5),
        Trouble(testDescription: "torn write and power cut", fault: FAULTY_DISK_TORN, step: 5),
        Trouble(testDescription: "power cut that loses what was not synced", fault: FAULTY_DISK_CUT, step: 3),
        Trouble(testDescription: "full from there", fault: FAULTY_DISK_FULL_FROM, step: 7),
    ]) func everyCallOfTheDisk(trouble: Trouble) async throws {
        let image = try await past()
        var number: Int32 = 1
        while try await run(image, trouble, number) {
            number += trouble.step
            try #require(number < 2000)
        }
        #expect(number > 20)
    }

    private func run(_ image: TestDistrict.Image, _ trouble: Trouble, _ number: Int32) async throws -> Bool {
        let context = "\(trouble.testDescription), call \(number)"
        let test = try TestDistrict(image)
        let disk = try ArmedDisk(
            test.files.store, calls: ArmedDisk.writing, number: number, fault: trouble.fault)
        var acknowledged = Acknowledged()
        do {
            let real = try SQLiteStore(path: test.files.store, mode: .write)
            // Closed while the disk is as it is, as the end of the process would.
            defer { try? real.close() }
            let district = try test.open(real)
            acknowledged = try await work(district, test.clock)
            try await district.stop()
        } catch {
            #expect(disk.happened, "\(context): \(error)")
        }
        disk.disarm()
        try await check(test, acknowledged, context)
        return disk.happened
    }
}
