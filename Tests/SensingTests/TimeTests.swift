import Foundation
import Testing

@testable import Sensing

@Suite struct TimeTests {
    private func utc(_ pattern: String, _ text: String) throws -> Int? {
        guard let reading = try TimePattern(pattern).read(Array(text.utf8)[...]) else { return nil }
        switch reading {
        case .utc(let milliseconds): return milliseconds
        case .local(let seconds, let milliseconds): return seconds * 1000 + milliseconds
        }
    }

    private func text(_ milliseconds: Int?) -> String? {
        milliseconds.map {
            var text: [UInt8] = []
            CivilTime.appendRFC3339($0, to: &text)
            return String(decoding: text, as: UTF8.self)
        }
    }

    @Test(arguments: [
        ("MM/dd/yyyy hh:mm:ss a", "01/05/2017 12:08:41 AM", "2017-01-05T00:08:41Z"),
        ("MM/dd/yyyy hh:mm:ss a", "01/05/2017 12:08:41 PM", "2017-01-05T12:08:41Z"),
        ("MM/dd/yyyy hh:mm:ss a", "12/31/1999 11:59:59 PM", "1999-12-31T23:59:59Z"),
        ("yyyy-MM-dd'T'HH:mm:ss.SSS", "2000-04-12T21:00:29.050", "2000-04-12T21:00:29.050Z"),
        ("yyyy-MM-dd'T'HH:mm:ss.S", "2000-04-12T21:00:29.1234567", "2000-04-12T21:00:29.123Z"),
        ("yyyy-MM-dd'T'HH:mm:ssXXX", "2026-11-24T16:00:00+08:00", "2026-11-24T08:00:00Z"),
        ("yyyy-MM-dd'T'HH:mm:ssXXX", "2026-11-24T16:00:00Z", "2026-11-24T16:00:00Z"),
        ("yyyy年M月d日 ah:mm", "2026年3月7日 下午3:05", "2026-03-07T15:05:00Z"),
        ("d/M/yyyy", "29/2/2024", "2024-02-29T00:00:00Z"),
        ("yyyyMMddHHmmss", "19700101000000", "1970-01-01T00:00:00Z"),
        ("yyyy-MM-dd", "0001-01-01", "0001-01-01T00:00:00Z"),
        ("unix", "-1", "1969-12-31T23:59:59Z"),
        ("unix-ms", "1700000000123", "2023-11-14T22:13:20.123Z"),
    ])
    func reads(_ pattern: String, _ value: String, _ expected: String) throws {
        #expect(try text(utc(pattern, value)) == expected)
    }

    @Test(arguments: [
        ("MM/dd/yyyy hh:mm:ss a", "13/05/2017 12:08:41 AM"),
        ("MM/dd/yyyy hh:mm:ss a", "02/29/2017 12:08:41 AM"),
        ("MM/dd/yyyy hh:mm:ss a", "01/05/2017 00:08:41 AM"),
        ("MM/dd/yyyy hh:mm:ss a", "01/05/2017 13:08:41 PM"),
        ("MM/dd/yyyy hh:mm:ss a", "1/05/2017 12:08:41 AM"),
        ("MM/dd/yyyy hh:mm:ss a", "01/05/2017 12:08:41 AM "),
        ("MM/dd/yyyy hh:mm:ss a", "01/05/2017 12:08:41"),
        ("yyyy-MM-dd HH:mm", "2017-01-01 24:00"),
        ("yyyy-MM-dd HH:mm", "2017-01-01 12:60"),
        ("yyyy-MM-dd HH:mm:ss", "2016-12-31 23:59:60"),
        ("yyyy-MM-dd", "0000-01-01"),
        ("yyyy-MM-dd'T'HH:mm:ss.S", "2000-04-12T21:00:29."),
        ("unix", "9223372036854775807"),
        ("unix", "1.5"),
    ])
    func refuses(_ pattern: String, _ value: String) throws {
        #expect(try utc(pattern, value) == nil)
    }

    @Test(arguments: [
        "yyyy-MM", "MM/dd/yyyy hh:mm", "yyyy-MM-dd HH:mm a", "yyyy-MM-ddTHH:mm", "yyyy-MM-dd ss", "yyyy-yyyy-MM-dd",
        "yyyy-MM-dd 'at", "YYYY-MM-dd",
    ])
    func wrongPatterns(_ pattern: String) {
        #expect(throws: MappingRule.self) { try TimePattern(pattern) }
    }

    /// Foundation's calendar is the slow oracle.
    @Test func calendarAgreesWithFoundation() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
        var random = SeededGenerator(seed: 20261124)
        for _ in 0..<2000 {
            let day = Int.random(in: -60_000...60_000, using: &random)
            let date = CivilTime.date(days: day)
            let expected = calendar.dateComponents(
                [.year, .month, .day], from: Date(timeIntervalSince1970: Double(day) * 86400))
            #expect(expected.year == date.year && expected.month == date.month && expected.day == date.day)
            #expect(CivilTime.days(year: date.year, month: date.month, day: date.day) == day)
        }
    }

    private func instant(_ zone: String, _ local: String) throws -> (LocalClock.Instant, String?) {
        var clock = LocalClock(zone: try #require(TimeZone(identifier: zone)))
        let seconds = try #require(try utc("yyyy-MM-dd HH:mm:ss", local)) / 1000
        let instant = clock.instant(localSeconds: seconds)
        switch instant {
        case .one(let utc), .firstOfTwo(let utc): return (instant, text(utc * 1000))
        case .none: return (instant, nil)
        }
    }

    @Test func gapsAndFolds() throws {
        // Los Angeles 2017: forward on 12 March at 2:00, back on 5 November at 2:00.
        #expect(try instant("America/Los_Angeles", "2017-03-12 01:59:59").1 == "2017-03-12T09:59:59Z")
        #expect(try instant("America/Los_Angeles", "2017-03-12 02:00:00").0 == .none)
        #expect(try instant("America/Los_Angeles", "2017-03-12 02:59:59").0 == .none)
        #expect(try instant("America/Los_Angeles", "2017-03-12 03:00:00").1 == "2017-03-12T10:00:00Z")
        #expect(try instant("America/Los_Angeles", "2017-11-05 00:59:59").1 == "2017-11-05T07:59:59Z")
        let fold = try instant("America/Los_Angeles", "2017-11-05 01:30:00")
        guard case .firstOfTwo = fold.0 else { return #expect(Bool(false), "not seen as a fold: \(fold)") }
        #expect(fold.1 == "2017-11-05T08:30:00Z")
        #expect(try instant("America/Los_Angeles", "2017-11-05 02:00:00").1 == "2017-11-05T10:00:00Z")
        // Shanghai 1986: China kept summer time from 4 May, 2:00, to 14 September, 2:00.
        #expect(try instant("Asia/Shanghai", "1986-05-04 01:59:59").1 == "1986-05-03T17:59:59Z")
        #expect(try instant("Asia/Shanghai", "1986-05-04 02:30:00").0 == .none)
        #expect(try instant("Asia/Shanghai", "1986-05-04 03:00:00").1 == "1986-05-03T18:00:00Z")
        let autumn = try instant("Asia/Shanghai", "1986-09-14 01:30:00")
        guard case .firstOfTwo = autumn.0 else { return #expect(Bool(false), "not seen as a fold: \(autumn)") }
        #expect(autumn.1 == "1986-09-13T16:30:00Z")
        #expect(try instant("Asia/Shanghai", "2026-11-24 08:00:00").1 == "2026-11-24T00:00:00Z")
    }

    /// Whatever Foundation shows on the wall at an instant must lead back to it, or to the earlier of two.
    @Test(arguments: ["America/Los_Angeles", "Asia/Shanghai", "Europe/Dublin", "Australia/Lord_Howe", "Asia/Kathmandu"])
    func everyInstantIsFound(_ name: String) throws {
        let zone = try #require(TimeZone(identifier: name))
        var clock = LocalClock(zone: zone)
        var random = SeededGenerator(seed: 7)
        for round in 0..<3000 {
            // Half of the instants lie within two hours of a change.
            var instant = Int.random(in: 0...1_900_000_000, using: &random)
            if round % 2 == 0,
                let change = zone.nextDaylightSavingTimeTransition(after: Date(timeIntervalSince1970: Double(instant)))
            {
                instant = Int(change.timeIntervalSince1970) + Int.random(in: -7200...7200, using: &random)
            }
            let offset = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(instant)))
            switch clock.instant(localSeconds: instant + offset) {
            case .one(let found): #expect(found == instant, "\(name) \(instant)")
            case .firstOfTwo(let first):
                let shown = first + zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(first)))
                #expect(first <= instant && shown == instant + offset, "\(name) \(instant)")
            case .none: #expect(Bool(false), "\(name) \(instant) was shown on the wall")
            }
        }
    }
}
