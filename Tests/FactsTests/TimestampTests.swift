import Facts
import Foundation
import Testing

@Suite("Timestamps")
struct TimestampTests {
    static func parse(_ text: String) -> Int64? { Timestamp.parse(Array(text.utf8)) }

    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2017-01-05T00:08:41.5-08:00", 1_483_603_721_500),
            ("2000-02-29T00:00:00Z", 951_782_400_000),
            ("2026-11-24t16:00:00+08:00", 1_795_507_200_000), ("2026-11-24T08:00:00.0009z", 1_795_507_200_000),
            ("2026-11-24T08:00:00.1Z", 1_795_507_200_100), ("2026-11-24T08:00:00.12Z", 1_795_507_200_120),
            ("2026-11-24T08:00:00.1239999999999999999999999Z", 1_795_507_200_123), ("1969-12-31T23:59:59.999Z", -1),
            ("2016-12-31T23:59:60Z", 1_483_228_800_000), ("2017-01-01T07:59:60+08:00", 1_483_228_800_000),
            ("2017-01-01T05:29:60+05:30", 1_483_228_800_000), ("2016-12-31T15:59:60.5-08:00", 1_483_228_800_500),
            ("0001-01-01T00:00:00Z", -62_135_596_800_000), ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
            ("2026-11-24T00:00:00-00:00", 1_795_478_400_000), ("2026-11-24T00:00:00+23:59", 1_795_392_060_000),
        ] as [(String, Int64)])
    func reads(_ text: String, _ milliseconds: Int64) {
        #expect(Self.parse(text) == milliseconds)
    }

    @Test(arguments: [
        "", "2026", "2026-11-24", "2026-11-24T08:00", "2026-11-24T08:00:00", "2026-11-24 08:00:00Z",
        "2026-11-24T08:00:00 Z",
        "2026-11-24T08:00:00.Z", "2026-11-24T08:00:00,5Z", "2026-11-24T24:00:00Z", "2026-11-24T08:60:00Z",
        "2026-11-24T08:00:61Z", "2026-11-24T08:59:60Z", "2026-11-24T23:59:60+08:00", "2026-11-24T23:58:60Z",
        "2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2026-00-01T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-01-00T00:00:00Z", "2026-01-32T00:00:00Z", "0000-01-01T00:00:00Z", "-2026-01-01T00:00:00Z",
        "+002026-01-01T00:00:00Z", "02026-01-01T00:00:00Z", "26-01-01T00:00:00Z", "2026-1-1T00:00:00Z",
        "2026-11-24T08:00:00+0800", "2026-11-24T08:00:00+08", "2026-11-24T08:00:00+24:00", "2026-11-24T08:00:00+08:60",
        "2026-11-24T08:00:00ZZ", "2026-11-24T08:00:00Z ", " 2026-11-24T08:00:00Z", "2026-11-24T08:00:00+-8:00",
        "２026-11-24T08:00:00Z", "2026-11-24T08:00:00\u{2212}08:00", "20261124T080000Z", "2026-W48-2T08:00:00Z",
    ])
    func refuses(_ text: String) {
        #expect(Self.parse(text) == nil)
    }

    /// Days before each year of the Gregorian calendar, counted one year at a time.
    private static let daysBefore: [Int64] = (0...10_000).reduce(into: [0]) { days, year in
        days.append(days[year] + (isLeap(year) ? 366 : 365))
    }

    private static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    @Test("random times 1 to 9999 against a slow calendar, and against Foundation where its calendar is Gregorian")
    func oracle() throws {
        var random = Seeded(stream: 6)
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        let epoch = Self.daysBefore[1970]
        for round in 0..<20_000 {
            let year = 1 + random.below(9999)
            let lengths = [31, Self.isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
            let month = random.chance(3) ? 2 : 1 + random.below(12)
            let day = random.chance(3) ? lengths[month - 1] : 1 + random.below(lengths[month - 1])
            let (hour, minute, second) = (random.below(24), random.below(60), random.below(60))
            let fraction = random.below(1000)
            let offset = random.chance(3) ? 0 : random.below(2 * 1439) - 1439
            let zone =
                offset == 0
                ? "Z" : String(format: "%@%02d:%02d", offset < 0 ? "-" : "+", abs(offset) / 60, abs(offset) % 60)
            let text =
                String(format: "%04d-%02d-%02dT%02d:%02d:%02d.%03d", year, month, day, hour, minute, second, fraction)
                + zone
            let days = Self.daysBefore[year] - epoch + Int64(lengths[..<(month - 1)].reduce(0, +) + day - 1)
            let minutes = (days * 24 + Int64(hour)) * 60 + Int64(minute - offset)
            let expected = (minutes * 60 + Int64(second)) * 1000 + Int64(fraction)
            #expect(Self.parse(text) == expected, "\(text), seed \(Seeded.seed)")
            if offset == 0 { #expect(Self.parse(Timestamp.format(expected)) == expected, "\(text)") }
            let written = fraction == 0 ? text.replacingOccurrences(of: ".000", with: "") : text
            if offset == 0 { #expect(Timestamp.format(expected) == written, "seed \(Seeded.seed)") }
            // Foundation is slow, its calendar is Julian before 1582, and it knows no offset beyond 18 hours.
            if round % 4 == 0, year > 1583, abs(offset) <= 14 * 60 {
                let date = try Date(text, strategy: style)
                #expect(
                    Int64((date.timeIntervalSince1970 * 1000).rounded()) == expected, "\(text), seed \(Seeded.seed)")
            }
        }
    }

    @Test("every prefix and every damaged byte is read or refused, and what is read is a time")
    func damaged() {
        var random = Seeded(stream: 7)
        for _ in 0..<50_000 {
            let bytes = Mutator.damage(Array("2026-11-24T08:00:00.123+08:00".utf8), &random)
            if let time = Timestamp.parse(bytes) {
                #expect(Timestamp.parse(Array(Timestamp.format(time).utf8)) == time)
            }
        }
    }

    @Test("writing is total")
    func extremes() {
        for time in [Int64.min, .max, 0, -1, 253_402_300_800_000, -62_135_596_800_001] {
            #expect(!Timestamp.format(time).isEmpty)
        }
    }
}
