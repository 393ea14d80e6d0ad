import Atlas

extension JSONScanner {
    /// Reads the object `data` into the slots of a type, checked against its schema.
    ///
    /// - Throws: `JSONError` or `Refusal`.
    mutating func slots(of type: FactType) throws -> [Fact.Slot] {
        var slots = [Fact.Slot](repeating: .absent, count: type.data.count)
        var points: [(slot: Int, lon: Double, lat: Double)] = []
        var system = type.coordinateSystems.first ?? .wgs84
        try members(of: type.data, in: "data", typeName: type.name) { scanner, number in
            guard let number else {
                system = try scanner.coordinateSystem(allowed: type.coordinateSystems)
                return
            }
            let field = type.data[number]
            if field.kind == .point {
                let (lon, lat) = try scanner.point(field, in: "data")
                points.append((number, lon, lat))
            } else {
                slots[number] = try scanner.slot(field, in: "data")
            }
        }
        for point in points {
            let (lon, lat) = system.toWGS84(lon: point.lon, lat: point.lat)
            guard let position = CoordinateSystem.wgs84.position(lon: lon, lat: lat) else {
                throw Refusal(
                    .schema, field: "data.\(type.data[point.slot].name)",
                    rule: "is outside the range of \(system.rawValue)")
            }
            slots[point.slot] = .position(position)
        }
        return slots
    }

    /// Checks the object against the fields without keeping anything.
    mutating func checkMembers(of fields: [Field], in parent: String, typeName: String) throws {
        try members(of: fields, in: parent, typeName: typeName) { scanner, number in
            guard let number else { return }
            if fields[number].kind == .point {
                _ = try scanner.point(fields[number], in: parent)
            } else {
                _ = try scanner.slot(fields[number], in: parent)
            }
        }
    }

    /// Walks the members of an object, each once, and hands over the number of its field; nil is `crs` of `data`.
    private mutating func members(
        of fields: [Field], in parent: String, typeName: String,
        _ read: (inout JSONScanner, Int?) throws -> Void
    ) throws {
        try expect(UInt8(ascii: "{"))
        var seen: UInt64 = 0
        var seenMore: Set<Int> = []
        var sawSystem = false
        var next = 0
        if peek() == UInt8(ascii: "}") {
            position += 1
        } else {
            repeat {
                skipSpace()
                let name = try string()
                try expect(UInt8(ascii: ":"))
                guard let number = Self.number(of: name, among: fields, next: next, in: bytes) else {
                    let text = name.string(in: bytes)
                    guard parent == "data", text == "crs", !sawSystem else {
                        if text == "crs", sawSystem { throw failure("the member 'crs' stands twice", at: name.offset) }
                        throw Refusal(
                            .schema, field: "\(parent).\(text.prefix(64))", rule: "is not in the schema of \(typeName)")
                    }
                    sawSystem = true
                    try read(&self, nil)
                    continue
                }
                let isNew = number < 64 ? seen & 1 << UInt64(number) == 0 : seenMore.insert(number).inserted
                guard isNew else {
                    throw failure("the member '\(name.string(in: bytes))' stands twice", at: name.offset)
                }
                if number < 64 { seen |= 1 << UInt64(number) }
                next = number + 1
                try read(&self, number)
            } while try continues(until: UInt8(ascii: "}"))
        }
        for (number, field) in fields.enumerated() where field.isRequired {
            let isSeen = number < 64 ? seen & 1 << UInt64(number) != 0 : seenMore.contains(number)
            guard isSeen else { throw Refusal(.schema, field: "\(parent).\(field.name)", rule: "is required") }
        }
    }

    /// Sources write their members in the same order each time, so the next field is tried first.
    @inline(__always)
    private static func number(of name: Text, among fields: [Field], next: Int, in bytes: [UInt8]) -> Int? {
        if next < fields.count, name.equals(fields[next].nameBytes, in: bytes) { return next }
        return fields.firstIndex { name.equals($0.nameBytes, in: bytes) }
    }

    private mutating func coordinateSystem(allowed: [CoordinateSystem]) throws -> CoordinateSystem {
        let names = allowed.map(\.rawValue).joined(separator: ", ")
        guard peek() == UInt8(ascii: "\""),
            let system = CoordinateSystem(rawValue: try string().string(in: bytes)), allowed.contains(system)
        else { throw Refusal(.schema, field: "data.crs", rule: "must be one of: \(names)") }
        return system
    }

    fileprivate mutating func slot(_ field: Field, in parent: String) throws -> Fact.Slot {
        func refusal(_ rule: String) -> Refusal { Refusal(.schema, field: "\(parent).\(field.name)", rule: rule) }
        let first = peek()
        switch field.kind {
        case .bool:
            guard first == UInt8(ascii: "t") || first == UInt8(ascii: "f") else {
                throw refusal("must be true or false")
            }
            return .bool(try boolean())
        case .int:
            guard Self.beginsNumber(first), case .integer(let value) = try number() else {
                throw refusal("must be an integer")
            }
            try Self.check(Double(value), field, refusal)
            return .int(value)
        case .double:
            guard Self.beginsNumber(first) else { throw refusal("must be a number") }
            let value = try number().double
            try Self.check(value, field, refusal)
            return .double(value)
        case .time:
            guard first == UInt8(ascii: "\"") else { throw refusal("must be an RFC 3339 date-time") }
            let text = try string()
            guard !text.escaped, let time = Timestamp.parse(bytes[text.range]) else {
                throw refusal("must be an RFC 3339 date-time")
            }
            return .time(time)
        case .string, .asset, .uri:
            guard first == UInt8(ascii: "\"") else { throw refusal("must be a text") }
            let text = try string()
            // The measure is the text, not its spelling with escapes.
            guard text.withBytes(in: bytes, { $0.count <= field.maximumLength }) else {
                throw refusal("has at most \(field.maximumLength) bytes")
            }
            guard field.kind == .string || text.count > 0 else { throw refusal("must not be empty") }
            if !field.valueBytes.isEmpty {
                guard field.valueBytes.contains(where: { text.equals($0, in: bytes) }) else {
                    throw refusal("must be one of: \(field.values.joined(separator: ", "))")
                }
            }
            return .text(text)
        case .json:
            let range = try value(depth: 2)
            return .json(Text(offset: range.lowerBound, count: range.count, escaped: false))
        case .point:
            // Points are read by `point`, which also needs the coordinate system.
            return .absent
        }
    }

    static func beginsNumber(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func check(_ value: Double, _ field: Field, _ refusal: (String) -> Refusal) throws {
        if let minimum = field.minimum, value < minimum { throw refusal("minimum \(shown(minimum))") }
        if let maximum = field.maximum, value > maximum { throw refusal("maximum \(shown(maximum))") }
    }

    private static func shown(_ limit: Double) -> String {
        limit == limit.rounded() && abs(limit) < 1e15 ? String(Int64(limit)) : limit.description
    }

    fileprivate mutating func point(_ field: Field, in parent: String) throws -> (lon: Double, lat: Double) {
        func refusal(_ rule: String) -> Refusal { Refusal(.schema, field: "\(parent).\(field.name)", rule: rule) }
        let shape = "must be [longitude, latitude] in degrees"
        guard peek() == UInt8(ascii: "[") else { throw refusal(shape) }
        position += 1
        guard Self.beginsNumber(peek()) else { throw refusal(shape) }
        let lon = try number().double
        guard peek() == UInt8(ascii: ",") else { throw refusal(shape) }
        position += 1
        guard Self.beginsNumber(peek()) else { throw refusal(shape) }
        let lat = try number().double
        guard peek() == UInt8(ascii: "]") else { throw refusal(shape) }
        position += 1
        guard (-180...180).contains(lon) else { throw refusal("longitude must be -180 to 180") }
        guard (-90...90).contains(lat) else { throw refusal("latitude must be -90 to 90; is the order [lon, lat]?") }
        return (lon, lat)
    }
}
