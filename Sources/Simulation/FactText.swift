/// Writes a fact's JSON. The values are the simulation's own, so nothing needs escaping.
struct FactText {
    var type: String
    var subject: String
    /// Members of `data`, written.
    var data: String
    /// Members of `private`, written; nil for none.
    var personal: String?

    init(_ type: String, _ subject: String, data: String, personal: String? = nil) {
        self.type = type
        self.subject = subject
        self.data = data
        self.personal = personal
    }

    func json(id: String, source: String, sequence: Int, timeMs: Int64) -> [UInt8] {
        var text =
            #"{"specversion":"1.0","id":"\#(id)","source":"\#(source)","type":"\#(type)","subject":"\#(subject)""#
        text += #","time":"\#(timestamp(timeMs))","sequence":"\#(sequence)","data":{\#(data)}"#
        if let personal { text += #","private":{\#(personal)}"# }
        text += "}"
        return Array(text.utf8)
    }
}

/// RFC 3339 in UTC with milliseconds, for times after 1970.
func timestamp(_ ms: Int64) -> String {
    let days = ms / 86_400_000
    let rest = Int(ms % 86_400_000)
    // Civil date from days, by H. Hinnant's algorithm with years that begin in March.
    let z = days + 719_468
    let era = z / 146_097
    let dayOfEra = z - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let day = Int(dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    let month = Int(monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9)
    let year = Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0)
    let (hour, minute, second) = (rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60)
    return "\(padded(year, 4))-\(twoDigits(month))-\(twoDigits(day))"
        + "T\(twoDigits(hour)):\(twoDigits(minute)):\(twoDigits(second)).\(padded(rest % 1000, 3))Z"
}

/// An integer with a fixed number of decimals: `decimal(-1234, 2)` is `-12.34`.
func decimal(_ value: Int, _ decimals: Int) -> String {
    let scale = (0..<decimals).reduce(1) { product, _ in product * 10 }
    let magnitude = abs(value)
    return "\(value < 0 ? "-" : "")\(magnitude / scale).\(padded(magnitude % scale, decimals))"
}

func padded(_ value: Int, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}

func twoDigits(_ value: Int) -> String {
    padded(value, 2)
}
