import Foundation
import Testing

@testable import Simulation

@Suite struct DistrictStreamTests {
    /// 2026-11-24 in Beijing.
    private static let start: Int64 = 1_795_449_600_000
    private static let day: Int64 = 86_400_000

    private static func play(seed: UInt64, days: Int64 = 1) -> [SimulatedMessage] {
        var stream = DistrictStream(seed: seed, start: start)
        var messages: [SimulatedMessage] = []
        while let message = stream.next(), message.dueMs < start + days * day { messages.append(message) }
        return messages
    }

    private static let days = 3

    /// Some days, made once for all tests.
    private static let messages = play(seed: 1, days: Int64(days))
    private static let facts = messages.compactMap(ReadFact.init)

    @Test func theSameSeedGivesTheSameBytes() {
        #expect(Self.play(seed: 7) == Self.play(seed: 7))
        #expect(Self.play(seed: 7).prefix(50) != Self.play(seed: 8).prefix(50))
    }

    /// Written down once: hashing, locale and machine must not show.
    @Test func bytesAreFixed() {
        let messages = Self.play(seed: 42)
        // FNV-1a over the day.
        var digest: UInt64 = 0xCBF2_9CE4_8422_2325
        for message in messages {
            for byte in message.json { digest = (digest ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        }
        #expect(messages.count == 48_636)
        #expect(digest == 7_503_918_390_722_677_592)
        let first = #"""
            {"specversion":"1.0","id":"mwtgc1s0-16-1","source":"device/car-03","type":"vehicle.position",\#
            "subject":"vehicle/patrol-03","time":"2026-11-23T16:00:01.111Z","sequence":"1",\#
            "data":{"position":[114.2820000,30.5930000],"speed":0.0,"heading":0}}
            """#
        #expect(String(decoding: messages[0].json, as: UTF8.self) == first)
    }

    @Test func messagesComeInOrderOfSending() {
        #expect(zip(Self.messages, Self.messages.dropFirst()).allSatisfy { $0.dueMs <= $1.dueMs })
        #expect(Self.messages.allSatisfy { $0.occurredMs <= $0.dueMs && $0.occurredMs >= Self.start })
    }

    @Test func everyMessageIsAFactOfItsDevice() {
        #expect(Self.facts.count == Self.messages.count)
        for (message, fact) in zip(Self.messages, Self.facts) {
            #expect(fact.source == message.device)
            let read = try? Date(fact.time, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
            #expect(read.map { Int64(($0.timeIntervalSince1970 * 1000).rounded()) } == message.occurredMs)
        }
        #expect(Set(Self.facts.map(\.source)) == Set(SimulatedDevice.district.map(\.id)))
        #expect(SimulatedDevice.district.count == 30)
    }

    /// A repeat has the id and the bytes of what it repeats; apart from them ids are unique per source, and numbers have no gap.
    @Test func idsAndNumbers() {
        var first: [String: SimulatedMessage] = [:]
        var numbers: [String: Int] = [:]
        for (message, fact) in zip(Self.messages, Self.facts) {
            let key = fact.source + " " + fact.id
            if message.isRepeat {
                #expect(first[key]?.json == message.json)
            } else {
                #expect(first.updateValue(message, forKey: key) == nil)
                #expect(fact.sequence == numbers[fact.source, default: 0] + 1)
                numbers[fact.source] = fact.sequence
            }
        }
    }

    @Test func valuesKeepToTheSchema() throws {
        let subjects = [
            "object.fell": "building", "lift.moved": "lift", "lift.stopped": "lift", "access.opened": "door",
            "vehicle.position": "vehicle", "gas.reading": "premises", "device.heartbeat": "device",
            "report.made": "place",
        ]
        let categories = ["noise", "parking", "rubbish", "lighting", "lift", "gas", "water", "other"]
        for fact in Self.facts {
            #expect(fact.subject.hasPrefix(try #require(subjects[fact.type]) + "/"))
            if let floor = fact.data["floor"] { #expect((-5...150).contains(floor) && floor == floor.rounded()) }
            switch fact.type {
            case "object.fell":
                #expect((0...1).contains(try #require(fact.data["confidence"])) && fact.data["floor"] != nil)
            case "lift.moved":
                #expect(
                    (-5...150).contains(try #require(fact.data["target"])) && fact.data["floor"] != fact.data["target"])
                #expect(fact.words["door"] == "closed")
            case "lift.stopped":
                #expect(["open", "closed"].contains(try #require(fact.words["door"])) && fact.data["floor"] != nil)
            case "access.opened":
                #expect(["card", "code", "phone", "key"].contains(try #require(fact.words["method"])))
                #expect(fact.personal.keys.sorted() == ["person"] && fact.words.count == 1)
            case "vehicle.position":
                let point = try #require(fact.point)
                #expect((114.21...114.30).contains(point[0]) && (30.56...30.64).contains(point[1]))
                #expect((0...70).contains(try #require(fact.data["speed"])))
                #expect((0...359).contains(try #require(fact.data["heading"])))
            case "gas.reading":
                #expect((0...100).contains(try #require(fact.data["concentrationPercentLEL"])))
            case "device.heartbeat":
                #expect(fact.subject == fact.source && (0...100).contains(fact.data["battery"] ?? 0))
            default:
                #expect(categories.contains(try #require(fact.words["category"])))
                #expect(fact.personal.keys.sorted() == ["person", "text"] && fact.words.count == 1)
            }
        }
    }

    @Test func ratesAreThoseOfADistrict() {
        let counts = Dictionary(grouping: Self.facts, by: \.type).mapValues { $0.count / Self.days }
        #expect((25_000...60_000).contains(Self.messages.count / Self.days), "\(Self.messages.count / Self.days) a day")
        #expect((15...60).contains(counts["object.fell", default: 0]), "\(counts)")
        #expect((2_000...8_000).contains(counts["lift.moved", default: 0]), "\(counts)")
        #expect((2_500...6_000).contains(counts["access.opened", default: 0]), "\(counts)")
        #expect((15_000...25_000).contains(counts["vehicle.position", default: 0]), "\(counts)")
        #expect((7_500...8_800).contains(counts["gas.reading", default: 0]), "\(counts)")
        #expect((5_000...8_700).contains(counts["device.heartbeat", default: 0]), "\(counts)")
        #expect((15...80).contains(counts["report.made", default: 0]), "\(counts)")
    }

    @Test func theDayHasARhythm() {
        let openings = zip(Self.messages, Self.facts).filter { $1.type == "access.opened" }
        var byHour = [Int](repeating: 0, count: 24)
        for (message, _) in openings { byHour[DayRhythm.hour(message.occurredMs)] += 1 }
        #expect(byHour[8] > 10 * byHour[3], "\(byHour)")
        #expect(byHour[18] > byHour[14], "\(byHour)")
    }

    /// A car reports every ten seconds at most, and moves no faster than it says.
    @Test func carsDrive() throws {
        for car in 1...4 {
            let positions = zip(Self.messages, Self.facts).filter {
                $1.source == "device/car-0\(car)" && $1.type == "vehicle.position" && !$0.isRepeat
            }
            var distance = 0.0
            for (before, after) in zip(positions, positions.dropFirst()) {
                let seconds = Double(after.0.occurredMs - before.0.occurredMs) / 1000
                #expect(seconds >= 10)
                let (a, b) = (try #require(before.1.point), try #require(after.1.point))
                let metres = hypot((a[0] - b[0]) * 95_800, (a[1] - b[1]) * 110_870)
                #expect(seconds > 60 || metres <= 14 * seconds * 1.03, "\(metres) m in \(seconds) s")
                distance += metres
            }
            #expect(distance > 40_000, "\(distance) m")
        }
    }

    @Test func thingsGoWrongAsTheyDo() {
        let repeats = Self.messages.filter(\.isRepeat).count
        #expect((Self.messages.count / 400...Self.messages.count / 100).contains(repeats))

        let late = Self.messages.filter { !$0.isRepeat && $0.dueMs - $0.occurredMs > 60_000 }
        #expect(late.count > 20)
        #expect(late.allSatisfy { $0.dueMs - $0.occurredMs < 30 * 60_000 })

        // Silence: no message occurred for three heartbeats or more.
        var silences = 0
        for device in SimulatedDevice.district where device.kind != .desk {
            let times = Self.messages.filter { $0.device == device.id && !$0.isRepeat }.map(\.occurredMs)
            silences += zip(times, times.dropFirst()).filter { $1 - $0 > 19 * 60_000 }.count
        }
        #expect((3...30).contains(silences), "\(silences)")

        #expect(Self.facts.contains { $0.type == "lift.stopped" && $0.words["door"] == "closed" })
        #expect(Self.facts.contains { $0.data["concentrationPercentLEL", default: 0] > 10 })
    }

    @Test func aDeviceDependsOnItselfAlone() {
        var alone = DistrictStream(seed: 5, start: Self.start, devices: [SimulatedDevice(kind: .lift, number: 2)])
        var all = DistrictStream(seed: 5, start: Self.start)
        var seen = 0
        while seen < 200, let message = all.next() {
            guard message.device == "device/lift-02" else { continue }
            #expect(alone.next() == message)
            seen += 1
        }
        var none = DistrictStream(seed: 5, start: Self.start, devices: [])
        #expect(none.next() == nil)
    }

    @Test func timestampsAreRFC3339() {
        #expect(timestamp(0) == "1970-01-01T00:00:00.000Z")
        #expect(timestamp(951_782_400_123) == "2000-02-29T00:00:00.123Z")
        #expect(timestamp(1_795_449_599_999) == "2026-11-23T15:59:59.999Z")
        #expect(decimal(-1234, 2) == "-12.34" && decimal(5, 3) == "0.005" && decimal(-5, 1) == "-0.5")
    }
}
