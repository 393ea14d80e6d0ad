/// A pattern for times, a small part of the Unicode date patterns (UTS #35), read strictly.
///
///     yyyy  year, 4 digits              HH H  hour 00-23, 2 digits / 1 or 2
///     MM M  month, 2 digits / 1 or 2    hh h  hour 01-12, needs `a`
///     dd d  day, 2 digits / 1 or 2      mm    minute          ss  second
///     a     AM, PM, am, pm, 上午, 下午   SSS   milliseconds    S   fraction of a second, 1 to 9 digits
///     XXX   Z or an offset like +08:00; the mapping's time zone is then not used
///     'T'   letters in single quotes stand for themselves, '' for a quote; so does everything that is no letter
///
/// `unix` and `unix-ms` alone are seconds and milliseconds since 1970 UTC, whole numbers.
struct TimePattern: Sendable, Equatable {
    /// What a text says.
    enum Reading: Equatable {
        /// Seconds since 1970 as if the local clock showed UTC, and milliseconds beyond.
        case local(seconds: Int, milliseconds: Int)
        /// Milliseconds since 1970 UTC.
        case utc(Int)
    }

    private enum Piece: Equatable, Sendable {
        case year, halfDay, fraction, offset
        case month(Digits), day(Digits), hour24(Digits), hour12(Digits), minute, second, milliseconds
        case literal(UInt8)
    }

    private enum Digits: Equatable, Sendable {
        case two, oneOrTwo
    }

    private enum Kind: Equatable, Sendable {
        case pieces([Piece]), unixSeconds, unixMilliseconds
    }

    /// As written in the mapping.
    let text: String
    private let kind: Kind

    /// - Throws: a sentence saying what is wrong with the pattern.
    init(_ text: String) throws(MappingRule) {
        self.text = text
        switch text {
        case "unix": kind = .unixSeconds
        case "unix-ms": kind = .unixMilliseconds
        default: kind = .pieces(try Self.pieces(text))
        }
    }

    private static func pieces(_ text: String) throws(MappingRule) -> [Piece] {
        var pieces: [Piece] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.first {
            if byte == UInt8(ascii: "'") {
                try quoted(&rest, into: &pieces)
                continue
            }
            guard byte | 0x20 >= UInt8(ascii: "a"), byte | 0x20 <= UInt8(ascii: "z"), byte < 0x80 else {
                pieces.append(.literal(byte))
                rest = rest.dropFirst()
                continue
            }
            let run = rest.prefix { $0 == byte }
            rest = rest.dropFirst(run.count)
            let token = String(decoding: run, as: UTF8.self)
            guard let piece = tokens[token] else {
                throw MappingRule(
                    "time format has the unknown letters '\(token)'; known are "
                        + tokens.keys.sorted().joined(separator: " ") + ", and letters in 'single quotes'")
            }
            guard !pieces.contains(piece) else { throw MappingRule("time format has '\(token)' twice") }
            pieces.append(piece)
        }
        func has(_ kinds: Piece...) -> Bool { kinds.contains { pieces.contains($0) } }
        let hour24 = has(.hour24(.two), .hour24(.oneOrTwo))
        let hour12 = has(.hour12(.two), .hour12(.oneOrTwo))
        guard has(.year), has(.month(.two), .month(.oneOrTwo)), has(.day(.two), .day(.oneOrTwo)) else {
            throw MappingRule("time format needs yyyy, MM and dd")
        }
        guard !(hour24 && hour12), hour12 == has(.halfDay) else {
            throw MappingRule("time format needs HH alone, or hh together with a")
        }
        guard hour24 || hour12 || !has(.minute), has(.minute) || !has(.second),
            has(.second) || !has(.milliseconds, .fraction)
        else { throw MappingRule("time format has minutes without hours, or seconds without minutes") }
        return pieces
    }

    private static func quoted(_ rest: inout ArraySlice<UInt8>, into pieces: inout [Piece]) throws(MappingRule) {
        rest = rest.dropFirst()
        let inside = rest.prefix { $0 != UInt8(ascii: "'") }
        guard inside.endIndex < rest.endIndex else { throw MappingRule("time format has an unclosed single quote") }
        pieces += inside.isEmpty ? [.literal(UInt8(ascii: "'"))] : inside.map { .literal($0) }
        rest = rest.dropFirst(inside.count + 1)
    }

    private static let tokens: [String: Piece] = [
        "yyyy": .year, "MM": .month(.two), "M": .month(.oneOrTwo), "dd": .day(.two), "d": .day(.oneOrTwo),
        "HH": .hour24(.two), "H": .hour24(.oneOrTwo), "hh": .hour12(.two), "h": .hour12(.oneOrTwo), "mm": .minute,
        "ss": .second, "SSS": .milliseconds, "S": .fraction, "a": .halfDay, "XXX": .offset,
    ]

    private static let halfDays: [(word: String, afternoon: Bool)] = [
        ("AM", false), ("PM", true), ("am", false), ("pm", true), ("上午", false), ("下午", true),
    ]

    /// Reads a text; nil when it does not have this form or names no real date and time of day.
    func read(_ text: ArraySlice<UInt8>) -> Reading? {
        switch kind {
        case .unixSeconds:
            guard let seconds = Numbers.int(text) else { return nil }
            let (milliseconds, overflow) = Int(seconds).multipliedReportingOverflow(by: 1000)
            return overflow ? nil : .utc(milliseconds)
        case .unixMilliseconds:
            return Numbers.int(text).map { .utc(Int($0)) }
        case .pieces(let pieces):
            var fields = Fields()
            var rest = text
            for piece in pieces {
                guard Self.take(piece, from: &rest, into: &fields) else { return nil }
            }
            return rest.isEmpty ? fields.reading : nil
        }
    }

    private struct Fields {
        var year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, milliseconds = 0
        var afternoon: Bool?
        var offsetSeconds: Int?

        var reading: Reading? {
            guard year >= 1, (1...12).contains(month), day >= 1,
                day <= CivilTime.length(ofMonth: month, year: year), minute <= 59, second <= 59
            else { return nil }
            var hour = hour
            if let afternoon {
                guard (1...12).contains(hour) else { return nil }
                hour = hour % 12 + (afternoon ? 12 : 0)
            }
            guard hour <= 23 else { return nil }
            let days = CivilTime.days(year: year, month: month, day: day)
            let seconds = days * 86400 + hour * 3600 + minute * 60 + second
            if let offsetSeconds { return .utc((seconds - offsetSeconds) * 1000 + milliseconds) }
            return .local(seconds: seconds, milliseconds: milliseconds)
        }
    }

    private static func take(_ piece: Piece, from rest: inout ArraySlice<UInt8>, into fields: inout Fields) -> Bool {
        switch piece {
        case .year: return number(4, 4, &rest, &fields.year)
        case .month(let digits): return number(digits == .two ? 2 : 1, 2, &rest, &fields.month)
        case .day(let digits): return number(digits == .two ? 2 : 1, 2, &rest, &fields.day)
        case .hour24(let digits), .hour12(let digits): return number(digits == .two ? 2 : 1, 2, &rest, &fields.hour)
        case .minute: return number(2, 2, &rest, &fields.minute)
        case .second: return number(2, 2, &rest, &fields.second)
        case .milliseconds: return number(3, 3, &rest, &fields.milliseconds)
        case .fraction:
            let digits = rest.prefix { Numbers.digit($0) != nil }
            guard (1...9).contains(digits.count) else { return false }
            // Cut, not rounded: a rounded fraction could name a later second.
            for place in 0..<3 {
                let next = digits.dropFirst(place).first.flatMap(Numbers.digit) ?? 0
                fields.milliseconds = fields.milliseconds * 10 + next
            }
            rest = rest.dropFirst(digits.count)
            return true
        case .halfDay:
            for (word, afternoon) in halfDays where rest.starts(with: word.utf8) {
                fields.afternoon = afternoon
                rest = rest.dropFirst(word.utf8.count)
                return true
            }
            return false
        case .offset:
            return offset(&rest, &fields)
        case .literal(let byte):
            guard rest.first == byte else { return false }
            rest = rest.dropFirst()
            return true
        }
    }

    private static func offset(_ rest: inout ArraySlice<UInt8>, _ fields: inout Fields) -> Bool {
        guard let sign = rest.first else { return false }
        rest = rest.dropFirst()
        if sign == UInt8(ascii: "Z") {
            fields.offsetSeconds = 0
            return true
        }
        var hours = 0
        var minutes = 0
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), number(2, 2, &rest, &hours),
            rest.first == UInt8(ascii: ":")
        else { return false }
        rest = rest.dropFirst()
        guard number(2, 2, &rest, &minutes), hours <= 23, minutes <= 59 else { return false }
        fields.offsetSeconds = (hours * 3600 + minutes * 60) * (sign == UInt8(ascii: "-") ? -1 : 1)
        return true
    }

    private static func number(_ least: Int, _ most: Int, _ rest: inout ArraySlice<UInt8>, _ value: inout Int) -> Bool {
        var digits = 0
        value = 0
        while digits < most, let byte = rest.first, let digit = Numbers.digit(byte) {
            value = value * 10 + digit
            rest = rest.dropFirst()
            digits += 1
        }
        return digits >= least
    }
}
