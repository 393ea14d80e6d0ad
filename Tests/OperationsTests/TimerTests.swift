import District
import Facts
import Foundation
import Storage
import StorageTesting
import Synchronization
import Testing

@testable import Operations

@Suite(.timeLimit(.minutes(5))) struct TimerTests {
    @Test func silenceIsSaidOnceAndReturnRightBehindItsCause() async throws {
        let test = try await TestDistrict()
        let batches = Mutex<[StoredBatch]>([])
        let real = try SQLiteStore(path: test.files.store, mode: .write)
        let district = try test.open(ObservedStore(real) { batch in batches.withLock { $0.append(batch) } })
        try await TestDistrict.register(["device/1"], in: district, silentAfter: 60)
        try await TestDistrict.register(["device/2"], in: district)
        _ = try await district.sequencer.submit([try TestDistrict.fact(district, id: "a")])
        test.clock.advance(59_999)
        _ = try await district.sequencer.submit([try TestDistrict.fact(district, source: "device/2", id: "1")])
        #expect(try district.store.count(of: "source.silent") == 0)
        test.clock.advance(1)
        _ = try await district.sequencer.submit([try TestDistrict.fact(district, source: "device/2", id: "2")])
        test.clock.advance(3_600_000)
        _ = try await district.sequencer.submit([try TestDistrict.fact(district, source: "device/2", id: "3")])
        #expect(try district.store.count(of: "source.silent") == 1)

        let before = (appends: batches.withLock { $0.count }, size: district.store.size)
        let outcomes = try await district.sequencer.submit([try TestDistrict.fact(district, id: "b")])
        #expect(outcomes == [.accepted(index: before.size)])
        // Cause and consequence are one commit.
        #expect(batches.withLock { $0.count } == before.appends + 1)
        #expect(batches.withLock { $0.last?.facts.count } == 2)
        let resumed = try #require(try district.store.bodies().last)
        #expect(resumed.contains("\"type\":\"source.resumed\"") && resumed.contains("\"cause\":\(before.size)"))
        #expect(try district.store.count(of: "source.resumed") == 1)
        try await district.stop()
        #expect(try audit(test).finding == nil)
    }

    /// A client that sends the same again and again holds no deadline up.
    @Test func aRepeatedFactHoldsNoTimerUp() async throws {
        let test = try await TestDistrict()
        let district = try test.open()
        try await TestDistrict.register(["device/1"], in: district, silentAfter: 60)
        try await TestDistrict.register(["device/2"], in: district)
        let fact = try TestDistrict.fact(district, source: "device/2", id: "1", floor: 3)
        _ = try await district.sequencer.submit([fact])
        test.clock.advance(61_000)
        let outcomes = try await district.sequencer.submit([fact])
        guard case .duplicate = outcomes[0] else {
            Issue.record("\(outcomes)")
            return
        }
        let store = district.store
        let last = try store.facts(in: store.size - 1..<store.size)[0]
        #expect(String(decoding: last.body, as: UTF8.self).contains("\"source.silent\""))
        try await district.stop()
        #expect(try audit(test).finding == nil)
    }

    @Test func whatIsOverdueComesInDueOrderBeforeTheFact() async throws {
        let test = try await TestDistrict()
        let district = try test.open()
        for (id, seconds) in [("device/30", 30), ("device/10", 10), ("device/20", 20)] {
            try await TestDistrict.register([id], in: district, silentAfter: Int64(seconds))
        }
        try await TestDistrict.register(["device/1"], in: district)
        test.clock.advance(60_000)
        let size = Int(district.store.size)
        let outcomes = try await district.sequencer.submit([try TestDistrict.fact(district, id: "late")])
        #expect(outcomes == [.accepted(index: UInt64(size + 3))])
        let silent = try district.store.bodies().dropFirst(size).prefix(3)
        for (body, id) in zip(silent, ["device/10", "device/20", "device/30"]) {
            #expect(body.contains("\"subject\":\"\(id)\""))
        }
        try await district.stop()
        #expect(try audit(test).finding == nil)
    }

    /// The machine stops at any moment around the timer: before it was due, after it was due, after it was said.
    @Test func aCrashNeitherLosesNorRepeatsSilence() async throws {
        let test = try await TestDistrict()
        let district = try test.open()
        try await TestDistrict.register(["device/1"], in: district, silentAfter: 60)
        try await TestDistrict.register(["device/2"], in: district)
        var images = [try test.image()]
        for (number, step) in [30_000, 29_000, 1000, 1, 60_000].enumerated() {
            test.clock.advance(Int64(step))
            images.append(try test.image())
            let fact = try TestDistrict.fact(district, source: "device/2", id: "\(number)")
            _ = try await district.sequencer.submit([fact])
            images.append(try test.image())
        }
        try await district.stop()
        for (number, image) in images.enumerated() {
            let again = try TestDistrict(image)
            again.clock.advance(300_000)
            try await again.run { district async throws in
                for id in ["x", "y"] {
                    let fact = try TestDistrict.fact(district, source: "device/2", id: id)
                    _ = try await district.sequencer.submit([fact])
                }
                #expect(try district.store.count(of: "source.silent") == 1, "image \(number)")
            }
            #expect(try audit(again).finding == nil, "image \(number)")
        }
    }

    /// With a clock that runs nobody needs to say anything: what is overdue comes at the start, what is due comes alone.
    @Test func aQuietNightHasItsDeadlines() async throws {
        let test = try await TestDistrict()
        // Far from the machine's time: the log's clock counts, not the machine's.
        let offset = TestClock.start - LogClock.real.now()
        let running = LogClock(isRunning: true) { LogClock.real.now() + offset }
        let start = ContinuousClock.now
        let district = try test.open(clock: running)
        try await TestDistrict.register(["device/1"], in: district, silentAfter: 1)
        try await waitFor("source.silent", in: district)
        #expect(ContinuousClock.now - start >= .milliseconds(900))
        #expect(try district.store.count(of: "source.silent") == 1)
        let image = try test.image()
        try await district.stop()
        #expect(try audit(test).finding == nil)

        let again = try TestDistrict(image)
        let overdue = LogClock(isRunning: true) { LogClock.real.now() + offset + 86_400_000 }
        let later = try again.open(clock: overdue)
        // The daily seal is overdue; the silence was said.
        try await waitFor("system.sealed", in: later)
        #expect(try later.store.count(of: "source.silent") == 1)
        #expect(try later.store.count(of: "system.sealed") == 1)
        try await later.stop()
        #expect(try audit(again).finding == nil)
    }

    private func waitFor(_ type: String, in district: RunningDistrict) async throws {
        while true {
            let size = district.published.head.size
            if try district.store.count(of: type) > 0 { return }
            try #require(await district.published.grown(beyond: size), "the district ended without \(type)")
        }
    }

    @Test func aDayIsSealedOnce() async throws {
        let test = try await TestDistrict()
        let district = try test.open()
        try await TestDistrict.register(["device/1"], in: district)
        for hour in 0..<80 {
            test.clock.advance(3_600_000)
            _ = try await district.sequencer.submit([try TestDistrict.fact(district, id: "\(hour)")])
        }
        // From ten in the morning over 80 hours: three midnights in Wuhan.
        #expect(try district.store.count(of: "system.sealed") == 3)
        _ = try await district.say(
            FactWriter.body(
                id: "now", source: District.operatorSource, type: "seal.requested", subject: "test",
                time: test.clock.now, data: .object([])))
        #expect(try district.store.count(of: "system.sealed") == 4)
        #expect(try district.store.bodies().last?.contains("system.sealed") == true)
        try await district.stop()
        #expect(try audit(test).finding == nil)
    }

    @Test func aClockThatStandsDoesNotBurnTime() async throws {
        let test = try await TestDistrict()
        let asked = Mutex(0)
        let standing = LogClock(isRunning: true) {
            asked.withLock { $0 += 1 }
            return TestClock.start
        }
        let district = try test.open(clock: standing)
        try await TestDistrict.register(["device/1"], in: district, silentAfter: 3600)
        let before = asked.withLock { $0 }
        try await Task.sleep(for: .milliseconds(200))
        #expect(asked.withLock { $0 } - before < 10)
        try await district.stop()
    }
}
