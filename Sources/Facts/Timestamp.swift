/// RFC 3339 date-times as milliseconds since 1970-01-01T00:00:00Z, the platform's only form of time.
public enum Timestamp {
    /// Milliseconds of one day.
    public static let day: Int64 = 86_400_000

    /// Reads `2017-01-05T00:08:41.5-08:00` (RFC 3339 section 5.6). Years 0001 to 9999; fractions beyond the millisecond
    /// are cut; a leap second, 23:59:60 UTC, counts as the following second. Nil for anything else.
    public static func parse(_ bytes: some RandomAccessCollection<UInt8>) -> Int64? {
        var reader = Reader(bytes)
        guard let year = reader.digits(4), reader.take("-"),
            let month = reader.digits(2), reader.take("-"), let day = reader.digits(2),
            reader.take("T") || reader.take("t"),
            let hour = reader.digits(2), reader.take(":"), let minute = reader.digits(2), reader.take(":"),
            let second = reader.digits(2),
            year >= 1, (1...12).contains(month), (1...daysInMonth(year, month)).contains(day),
            hour < 24, minute < 60, second <= 60
        else { return nil }
        var millisecond: Int64 = 0
        if reader.take(".") {
            var scale: Int64 = 100
            var digits = 0
            while let digit = reader.digits(1) {
                millisecond += digit * scale
                scale /= 10
                digits += 1
            }
            guard digits > 0 else { return nil }
        }
        var offset: Int64 = 0
        if !(reader.take("Z") || reader.take("z")) {
            let east = reader.take("+")
            guard east || reader.take("-"), let hours = reader.digits(2), reader.take(":"),
                let minutes = reader.digits(2), hours < 24, minutes < 60
            else { return nil }
            offset = (hours * 60 + minutes) * (east ? 1 : -1)
        }
        guard reader.isAtEnd else { return nil }
        let minutes = (daysSince1970(year, month, day) * 24 + hour) * 60 + minute - offset
        // A leap second stands at the end of a day of UTC, whatever the local time is.
        guard second < 60 || minutes.floorDivided(by: 1440).remainder == 1439 else { return nil }
        return (minutes * 60 + second) * 1000 + millisecond
    }

    /// Writes UTC with exactly the digits that are needed: `2017-01-05T08:08:41Z`, `…41.500Z`.
    public static func format(_ milliseconds: Int64) -> String {
        let (days, rest) = milliseconds.floorDivided(by: day)
        let (year, month, dayOfMonth) = civil(days)
        func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let fraction = rest % 1000
        let tail = fraction == 0 ? "Z" : "." + (fraction < 100 ? fraction < 10 ? "00" : "0" : "") + "\(fraction)Z"
        let yearText = String(repeating: "0", count: max(0, 4 - "\(year)".count)) + "\(year)"
        return "\(yearText)-\(two(month))-\(two(dayOfMonth))T"
            + "\(two(rest / 3_600_000)):\(two(rest / 60_000 % 60)):\(two(rest / 1000 % 60))\(tail)"
    }

    /// Days from the civil calendar (Howard Hinnant, "chrono-compatible low-level date algorithms").
    static func daysSince1970(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted.floorDivided(by: 400).quotient
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = (days + 719_468).floorDivided(by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }

    private static func daysInMonth(_ year: Int64, _ month: Int64) -> Int64 {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private struct Reader<Bytes: RandomAccessCollection<UInt8>> {
        let bytes: Bytes
        var index: Bytes.Index

        init(_ bytes: Bytes) {
            self.bytes = bytes
            index = bytes.startIndex
        }

        var isAtEnd: Bool { index == bytes.endIndex }

        @inline(__always)
        mutating func take(_ scalar: UnicodeScalar) -> Bool {
            guard index < bytes.endIndex, bytes[index] == UInt8(ascii: scalar) else { return false }
            bytes.formIndex(after: &index)
            return true
        }

        @inline(__always)
        mutating func digits(_ count: Int) -> Int64? {
            var value: Int64 = 0
            for _ in 0..<count {
                guard index < bytes.endIndex else { return nil }
                let digit = bytes[index] &- UInt8(ascii: "0")
                guard digit <= 9 else { return nil }
                value = value * 10 + Int64(digit)
                bytes.formIndex(after: &index)
            }
            return value
        }
    }
}

extension Int64 {
    fileprivate func floorDivided(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
