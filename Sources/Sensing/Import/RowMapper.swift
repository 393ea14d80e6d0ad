/// Turns one row into facts. Holds what lives as long as a file: where columns stand, the clock, the scratch bytes.
struct RowMapper {
    /// What is wrong with a row or a fact.
    struct Problem: Error {
        /// Index of the mapping's column at fault.
        let column: Int?
        let reason: String
    }

    /// A fact as it is made.
    struct Draft {
        let json: [UInt8]
        let id: [UInt8]
        let milliseconds: Int
    }

    private let mapping: Mapping
    /// Field of the file for each column; nil for a derived one.
    private let slots: [Int?]
    private var clock: LocalClock
    /// Where the value of each column stands in the row's bytes; nil when there is none.
    private var cells: [Range<Int>?]
    /// For each rule, what stands between id and subject.
    private let middles: [[UInt8]]
    private var scratch: [UInt8] = []
    /// Local times met that exist twice.
    private(set) var ambiguousTimes = 0

    /// - Parameter slots: field of the file for each column; nil for a derived one.
    init(_ mapping: Mapping, slots: [Int?]) {
        self.mapping = mapping
        self.slots = slots
        clock = LocalClock(zone: mapping.timeZone)
        cells = Array(repeating: nil, count: mapping.columns.count)
        middles = mapping.facts.map { rule in
            var json = Array(#","source":"#.utf8)
            JSONText.append(mapping.source.utf8, to: &json)
            json += Array(#","type":"#.utf8)
            JSONText.append(rule.type.utf8, to: &json)
            return json + Array(#","subject":"#.utf8)
        }
    }

    private static let opening = Array(#"{"specversion":"1.0","id":"#.utf8)
    private static let timeLabel = Array(#","time":""#.utf8)
    private static let dataLabel = Array(#"","data":"#.utf8)
    private static let privateLabel = Array(#","private":"#.utf8)

    // MARK: Columns

    /// Finds and checks the values of all columns; derived values are appended to the row's bytes.
    mutating func take(_ row: inout Row) throws(Problem) {
        for index in mapping.columns.indices {
            let rule = mapping.columns[index]
            let found = slots[index].map { row.range($0) } ?? derived(rule, &row)
            let value = found.flatMap { clean($0, rule, row) }
            cells[index] = value
            if let value {
                if let reason = complaint(rule, row.bytes[value]) { throw problem(index, row.bytes[value], reason) }
            } else if rule.required {
                let take = rule.derivation?.take.map { ", nothing was found for /\($0.text)/" } ?? ""
                throw Problem(column: index, reason: "has no value" + take)
            }
        }
    }

    /// The value without blanks if the rule says so; nil when it stands for no value.
    private func clean(_ range: Range<Int>, _ rule: ColumnRule, _ row: Row) -> Range<Int>? {
        var range = range
        if rule.trim {
            let trimmed = Point.trimmed(row.bytes[range])
            range = trimmed.startIndex..<trimmed.endIndex
        }
        guard !range.isEmpty, !rule.missing.contains(where: { row.bytes[range].elementsEqual($0) }) else { return nil }
        return range
    }

    private func derived(_ rule: ColumnRule, _ row: inout Row) -> Range<Int>? {
        guard let derivation = rule.derivation, let base = cells[derivation.column] else { return nil }
        var text = Array(row.bytes[base])
        if let take = derivation.take {
            guard let taken = take.taken(from: text[...]) else { return nil }
            text = taken
        }
        let zeros = max(0, derivation.pad - text.count)
        let start = row.bytes.count
        row.bytes += Array(repeating: UInt8(ascii: "0"), count: zeros) + text
        return start..<row.bytes.count
    }

    private func complaint(_ rule: ColumnRule, _ value: ArraySlice<UInt8>) -> String? {
        if let pattern = rule.pattern, !pattern.matches(value) { return "does not match /\(pattern.text)/" }
        if let values = rule.values, !values.contains(where: value.elementsEqual) {
            let shown = values.prefix(8).map { String(decoding: $0, as: UTF8.self) }.joined(separator: ", ")
            return "is none of \(shown)" + (values.count > 8 ? " …" : "")
        }
        guard rule.numeric else { return nil }
        if rule.whole, Numbers.int(value) == nil { return "is not a whole number" }
        guard let number = Numbers.double(value) else { return "is not a number" }
        if let minimum = rule.minimum, number < minimum { return "is below \(minimum)" }
        if let maximum = rule.maximum, number > maximum { return "is above \(maximum)" }
        return nil
    }

    // MARK: Facts

    /// Makes one fact of the row taken last; nil when its conditions do not hold.
    mutating func fact(_ index: Int, _ row: Row) throws(Problem) -> Draft? {
        let rule = mapping.facts[index]
        guard rule.conditions.allSatisfy({ holds($0, row) }) else { return nil }
        let id = try text(rule.id, row, "id")
        let subject = try text(rule.subject, row, "subject")
        let milliseconds = try time(of: rule, row)

        // Made in a buffer that grows once, then copied to its exact size: sorted files hold many.
        var json = scratch
        scratch = []
        json.removeAll(keepingCapacity: true)
        json += Self.opening
        JSONText.append(id, to: &json)
        json += middles[index]
        JSONText.append(subject, to: &json)
        json += Self.timeLabel
        CivilTime.appendRFC3339(milliseconds, to: &json)
        json += Self.dataLabel
        try append(rule.data, row, to: &json)
        // One more for the closing brace.
        guard json.count + 1 <= SensingLimits.bodyBytes else {
            throw Problem(column: nil, reason: "the fact is larger than \(SensingLimits.bodyBytes) bytes")
        }
        if !rule.personal.isEmpty {
            let before = json.count
            json += Self.privateLabel
            let start = json.count
            try append(rule.personal, row, to: &json)
            guard json.count - start <= SensingLimits.privateBytes else {
                throw Problem(
                    column: nil, reason: "the private part is larger than \(SensingLimits.privateBytes) bytes")
            }
            if json.count == start + 2 { json.removeLast(json.count - before) }
        }
        json.append(UInt8(ascii: "}"))
        scratch = json
        let exact = json.withUnsafeBufferPointer { Array($0) }
        return Draft(json: exact, id: id, milliseconds: milliseconds)
    }

    private func holds(_ condition: FactRule.Condition, _ row: Row) -> Bool {
        func isOne(_ column: Int, of values: [[UInt8]]) -> Bool {
            guard let cell = cells[column] else { return false }
            return values.contains { row.bytes[cell].elementsEqual($0) }
        }
        return switch condition {
        case .present(let column, let present): (cells[column] != nil) == present
        case .equals(let column, let values): isOne(column, of: values)
        case .not(let column, let values): !isOne(column, of: values)
        }
    }

    /// Fills a template. CloudEvents forbids control characters in attributes.
    private func text(_ template: Template, _ row: Row, _ purpose: String) throws(Problem) -> [UInt8] {
        var text: [UInt8] = []
        for piece in template.pieces {
            switch piece {
            case .literal(let bytes): text += bytes
            case .column(let column):
                guard let cell = cells[column] else {
                    throw Problem(column: column, reason: "has no value, and the \(purpose) needs it")
                }
                let value = row.bytes[cell]
                var previous: UInt8 = 0
                for byte in value {
                    guard byte >= 0x20, byte != 0x7F, !(previous == 0xC2 && byte < 0xA0) else {
                        throw Problem(column: column, reason: "has a control character, which the \(purpose) must not")
                    }
                    previous = byte
                }
                text += value
            }
        }
        guard text.count <= SensingLimits.nameBytes else {
            throw Problem(column: nil, reason: "the \(purpose) is longer than \(SensingLimits.nameBytes) bytes")
        }
        return text
    }

    private mutating func time(of rule: FactRule, _ row: Row) throws(Problem) -> Int {
        switch rule.time {
        case .fixed(let milliseconds): return milliseconds
        case .column(let column, let patterns):
            guard let cell = cells[column] else {
                throw Problem(column: column, reason: "has no value, and the fact's time needs it")
            }
            return try instant(column, row.bytes[cell], patterns)
        }
    }

    /// The first pattern that fits decides.
    private mutating func instant(
        _ column: Int, _ value: ArraySlice<UInt8>, _ patterns: [TimePattern]
    ) throws(Problem) -> Int {
        for pattern in patterns {
            guard let reading = pattern.read(value) else { continue }
            let milliseconds: Int
            switch reading {
            case .utc(let time): milliseconds = time
            case .local(let seconds, let fraction):
                switch clock.instant(localSeconds: seconds) {
                case .one(let utc): milliseconds = utc * 1000 + fraction
                case .firstOfTwo(let utc):
                    ambiguousTimes += 1
                    milliseconds = utc * 1000 + fraction
                case .none:
                    throw problem(
                        column, value, "does not exist in \(mapping.timeZoneName): the clocks were put forward over it")
                }
            }
            guard CivilTime.writable.contains(milliseconds) else {
                throw problem(column, value, "lies outside the years 1 to 9999")
            }
            return milliseconds
        }
        throw problem(column, value, "is no time of the form " + patterns.map(\.text).joined(separator: " or "))
    }

    private mutating func append(_ fields: [FieldRule], _ row: Row, to json: inout [UInt8]) throws(Problem) {
        json.append(UInt8(ascii: "{"))
        var first = true
        for field in fields {
            if let column = field.columns.first(where: { cells[$0] == nil }) {
                if field.optional { continue }
                throw Problem(column: column, reason: "has no value, and is not optional")
            }
            if !first { json.append(UInt8(ascii: ",")) }
            first = false
            json += field.label
            switch field.origin {
            case .constant(let bytes): json += bytes
            case .pair(let lon, let lat): append(try pair(lon, lat, row), to: &json)
            case .template(let template): JSONText.append(try text(template, row, "template"), to: &json)
            case .column(let column):
                guard let cell = cells[column] else { continue }
                try append(field, column, row.bytes[cell], to: &json)
            }
        }
        json.append(UInt8(ascii: "}"))
    }

    private mutating func append(
        _ field: FieldRule, _ column: Int, _ cell: ArraySlice<UInt8>, to json: inout [UInt8]
    ) throws(Problem) {
        var value = cell
        if let lookup = field.lookup {
            guard let meant = lookup[Array(cell)] ?? field.otherwise else {
                throw problem(column, cell, "is not in the table of values")
            }
            value = meant[...]
        }
        switch field.kind {
        case .time(let patterns):
            json.append(UInt8(ascii: "\""))
            CivilTime.appendRFC3339(try instant(column, value, patterns), to: &json)
            json.append(UInt8(ascii: "\""))
        case .point(let forms):
            guard let point = forms.lazy.compactMap({ Point(value, form: $0) }).first else {
                let names = forms.map(\.rawValue).joined(separator: " or ")
                throw problem(column, cell, "is no point on the globe of the form \(names)")
            }
            append(point, to: &json)
        case .string, .int, .double, .bool:
            if let reason = FieldRule.append(field.kind, value, unit: field.unit, to: &json) {
                throw problem(column, cell, reason)
            }
        }
    }

    private func pair(_ lon: Int, _ lat: Int, _ row: Row) throws(Problem) -> Point {
        guard let lonCell = cells[lon], let latCell = cells[lat] else {
            throw Problem(column: lon, reason: "has no value, and is not optional")
        }
        guard let x = Numbers.double(row.bytes[lonCell]), abs(x) <= 180 else {
            throw problem(lon, row.bytes[lonCell], "is no longitude in degrees")
        }
        guard let y = Numbers.double(row.bytes[latCell]), let point = Point(lon: x, lat: y) else {
            throw problem(lat, row.bytes[latCell], "is no latitude in degrees")
        }
        return point
    }

    /// `[lon, lat]`, as GeoJSON has it.
    private func append(_ point: Point, to json: inout [UInt8]) {
        json.append(UInt8(ascii: "["))
        JSONText.append(point.lon, to: &json)
        json.append(UInt8(ascii: ","))
        JSONText.append(point.lat, to: &json)
        json.append(UInt8(ascii: "]"))
    }

    /// Names the value at fault, unless it is personal.
    private func problem(_ column: Int, _ value: ArraySlice<UInt8>, _ reason: String) -> Problem {
        guard !mapping.columns[column].isPrivate else {
            return Problem(column: column, reason: "the value (personal, not shown) \(reason)")
        }
        let text = String(decoding: value.prefix(SensingLimits.shownBytes), as: UTF8.self)
        let printable = text.unicodeScalars.map { scalar in
            scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) ? "\u{FFFD}" : scalar
        }
        let shown = String(String.UnicodeScalarView(printable)) + (value.count > SensingLimits.shownBytes ? "…" : "")
        return Problem(column: column, reason: "\"\(shown)\" \(reason)")
    }
}
