/// Reads a fact from the bytes of a CloudEvents 1.0 JSON object straight into the typed slots of its schema.
public struct FactReader: Sendable {
    /// The schemas in force.
    public let schemas: SchemaSet
    /// The latest `time` that is believed, milliseconds since 1970 UTC.
    public let latestTime: Int64
    /// The earliest `time` that is believed: 2000-01-01. A clock that says 1970 has lost its battery.
    public static let earliestTime: Int64 = 946_684_800_000
    /// How far a source's clock may be ahead of the log's: one day.
    public static let aheadAtMostMs = Timestamp.day
    /// Bytes of a body; larger things are blobs, named by digest.
    public static let maximumBody = 65_535
    /// Bytes of a private part.
    public static let maximumPrivate = 65_535
    /// Bytes of an id, a source or a subject.
    public static let maximumName = 256

    /// A reader for facts that arrive at `now` by the log's clock; nil for facts that are in the log already.
    public init(schemas: SchemaSet, now: Int64?) {
        self.schemas = schemas
        latestTime = now.map { $0 + Self.aheadAtMostMs } ?? .max
    }

    /// Reads the object that fills a range of the bytes.
    public func read(_ bytes: [UInt8], in range: Range<Int>? = nil) throws(Refusal) -> Fact {
        let range = range ?? 0..<bytes.count
        guard range.count <= Self.maximumBody + Self.maximumPrivate else {
            throw Refusal(.tooLarge, rule: "a fact has at most \(Self.maximumBody + Self.maximumPrivate) bytes")
        }
        var parse = Parse(reader: self, bytes: bytes, range: range)
        try parse.object()
        return try parse.fact()
    }

    /// The ranges of the objects of a JSON array, each still to be read. Only brackets and strings are looked at, so
    /// that an object that is wrong inside does not take its neighbours down.
    ///
    /// - Parameters:
    ///   - bytes: the array.
    ///   - most: more elements than this are refused, and not looked for.
    public static func elements(of bytes: [UInt8], atMost most: Int = .max) throws(Refusal) -> [Range<Int>] {
        let ranges: [Range<Int>]
        do {
            ranges = try elementRanges(bytes, atMost: most)
        } catch {
            throw Refusal(error)
        }
        guard ranges.count <= most else { throw Refusal(.tooLarge, rule: "a batch has at most \(most) facts") }
        return ranges
    }

    private static func elementRanges(_ bytes: [UInt8], atMost most: Int) throws(JSONError) -> [Range<Int>] {
        var scanner = JSONScanner(bytes)
        try scanner.expect(UInt8(ascii: "["))
        var ranges: [Range<Int>] = []
        if scanner.peek() == UInt8(ascii: "]") {
            scanner.position += 1
        } else {
            repeat {
                guard scanner.peek() == UInt8(ascii: "{") else {
                    throw scanner.failure("a batch is an array of objects")
                }
                ranges.append(try scanner.skipBrackets())
                if ranges.count > most { return ranges }
            } while try scanner.continues(until: UInt8(ascii: "]"))
        }
        try scanner.expectEnd()
        return ranges
    }
}

extension JSONScanner {
    /// Skips an object by its brackets and strings alone.
    mutating func skipBrackets() throws(JSONError) -> Range<Int> {
        let start = position
        var depth = 0
        while position < end {
            switch bytes[position] {
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth == 0 {
                    position += 1
                    return start..<position
                }
            case UInt8(ascii: "\""):
                position += 1
                while position < end, bytes[position] != UInt8(ascii: "\"") {
                    position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
                }
            default: break
            }
            position += 1
        }
        position = min(position, end)
        throw failure("an object is not closed", at: start)
    }
}

/// One reading of one fact.
private struct Parse {
    let reader: FactReader
    let range: Range<Int>
    var scanner: JSONScanner

    var id: Text?
    var source: Text?
    var subject: Text?
    var type: Int?
    var unknownType: String?
    var time: Int64?
    var sequence: UInt64?
    var cause: UInt64?
    var hasVersion = false
    var data: Range<Int>?
    var slots: [Fact.Slot] = []
    var slotsAreRead = false
    var privateValue: Range<Int>?
    var privateCut: Range<Int>?

    init(reader: FactReader, bytes: [UInt8], range: Range<Int>) {
        self.reader = reader
        self.range = range
        scanner = JSONScanner(bytes, in: range)
    }

    mutating func object() throws(Refusal) {
        do {
            try members()
        } catch {
            throw refusal(error)
        }
    }

    /// Reading throws `JSONError` and `Refusal`; offsets count from the object's own first byte.
    private func refusal(_ error: any Error) -> Refusal {
        switch error {
        case let error as JSONError: Refusal(error, within: range.lowerBound)
        case let error as Refusal: error
        default: Refusal(.malformed, rule: "\(error)")
        }
    }

    private mutating func members() throws {
        try scanner.expect(UInt8(ascii: "{"))
        var names = MemberNames()
        var comma: Int?
        if scanner.peek() == UInt8(ascii: "}") {
            scanner.position += 1
        } else {
            while true {
                scanner.skipSpace()
                let start = scanner.position
                let name = try scanner.string()
                try names.insert(name, in: scanner)
                try scanner.expect(UInt8(ascii: ":"))
                try attribute(name)
                let isPrivate = privateValue != nil && privateCut == nil
                let valueEnd = scanner.position
                let more = try scanner.continues(until: UInt8(ascii: "}"))
                if isPrivate {
                    // With the comma behind it; as the last member, with the comma before it.
                    privateCut = more ? start..<scanner.position : (comma ?? start)..<valueEnd
                }
                guard more else { break }
                comma = scanner.position - 1
            }
        }
        try scanner.expectEnd()
    }

    private mutating func attribute(_ name: Text) throws {
        // An escaped name is the same name: another reader of the body would see it so.
        let spelled = name.escaped ? name.decoded(in: scanner.bytes) : nil
        func names(_ word: StaticString) -> Bool {
            word.withUTF8Buffer { letters in
                if let spelled { return spelled.elementsEqual(letters) }
                return (0..<name.count).allSatisfy { scanner.bytes[name.offset + $0] == letters[$0] }
            }
        }
        // The length tells most names apart.
        switch spelled?.count ?? name.count {
        case 2 where names("id"): id = try text("id")
        case 4 where names("type"):
            guard let text = try text("type") else { return }
            type = text.withBytes(in: scanner.bytes) { reader.schemas.number(of: $0) }
            if type == nil { unknownType = text.string(in: scanner.bytes) }
        case 4 where names("time"):
            guard let text = try text("time") else { return }
            time = try Self.time(text, in: scanner.bytes, field: "time")
        case 4 where names("data"): try readData()
        case 6 where names("source"): source = try text("source")
        case 7 where names("subject"): subject = try text("subject")
        case 7 where names("private"):
            guard scanner.peek() == UInt8(ascii: "{") else {
                throw Refusal(.attribute, field: "private", rule: "must be an object")
            }
            let value = try scanner.value()
            privateValue = value
            guard value.count <= FactReader.maximumPrivate else {
                throw Refusal(
                    .tooLarge, field: "private", rule: "has at most \(FactReader.maximumPrivate) bytes")
            }
        case 8 where names("sequence"): sequence = try count("sequence")
        case 5 where names("cause"): cause = try count("cause")
        case 11 where names("specversion"):
            guard let text = try text("specversion") else { return }
            guard text.equals(Array("1.0".utf8), in: scanner.bytes) else {
                throw Refusal(.attribute, field: "specversion", rule: "must be \"1.0\"")
            }
            hasVersion = true
        case 15 where names("datacontenttype"):
            guard let value = try text("datacontenttype")?.string(in: scanner.bytes) else { return }
            guard value == "application/json" || value.hasPrefix("application/json;") else {
                throw Refusal(.attribute, field: "datacontenttype", rule: "must be application/json")
            }
        case 11 where names("data_base64"):
            throw Refusal(.attribute, field: "data_base64", rule: "is not taken; 'data' must be a JSON object")
        default: try extensionAttribute(name)
        }
    }

    private mutating func extensionAttribute(_ name: Text) throws {
        let bytes = name.decoded(in: scanner.bytes)
        let isName = bytes.allSatisfy {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        }
        let shown = String(decoding: bytes.prefix(64), as: UTF8.self)
        guard isName, (1...20).contains(bytes.count) else {
            throw Refusal(.attribute, field: shown, rule: "an attribute's name has 1 to 20 of a-z and 0-9")
        }
        let refusal = Refusal(.attribute, field: shown, rule: "an extension is a text, an integer or a boolean")
        switch scanner.peek() {
        case UInt8(ascii: "{"), UInt8(ascii: "["): throw refusal
        case let first where JSONScanner.beginsNumber(first):
            guard case .integer = try scanner.number() else { throw refusal }
        default: try scanner.value()
        }
    }

    /// CloudEvents' JSON format 1.0 section 2.2: an attribute that is null counts as absent.
    private mutating func isNull() throws(JSONError) -> Bool {
        guard scanner.peek() == UInt8(ascii: "n") else { return false }
        try scanner.word("null")
        return true
    }

    private mutating func text(_ field: String) throws -> Text? {
        guard try !isNull() else { return nil }
        guard scanner.peek() == UInt8(ascii: "\"") else {
            throw Refusal(.attribute, field: field, rule: "must be a text")
        }
        let text = try scanner.string()
        guard text.count > 0 else { throw Refusal(.attribute, field: field, rule: "must not be empty") }
        // The measure is the text, not its spelling; six bytes of escape are the longest spelling of one byte.
        guard text.count <= FactReader.maximumName * 6,
            text.withBytes(in: scanner.bytes, { $0.count <= FactReader.maximumName })
        else { throw Refusal(.attribute, field: field, rule: "has at most \(FactReader.maximumName) bytes") }
        guard !text.withBytes(in: scanner.bytes, Self.hasControlCharacter) else {
            throw Refusal(.attribute, field: field, rule: "must hold no control character")
        }
        return text
    }

    /// U+0000…U+001F and U+007F…U+009F, which CloudEvents' strings do not hold (1.0 section 3.1).
    private static func hasControlCharacter(_ text: UnsafeRawBufferPointer) -> Bool {
        for (index, byte) in text.enumerated() {
            if byte < 0x20 || byte == 0x7F || (byte == 0xC2 && text[index + 1] < 0xA0) { return true }
        }
        return false
    }

    /// CloudEvents' sequence extension writes its number as a text. Below 2^63, so that whoever counts on cannot overflow.
    private mutating func count(_ field: String) throws -> UInt64? {
        let refusal = Refusal(.attribute, field: field, rule: "must be an integer from 0")
        switch scanner.peek() {
        case UInt8(ascii: "n"): return try isNull() ? nil : 0
        case UInt8(ascii: "\""):
            let text = try scanner.string().string(in: scanner.bytes)
            guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = Int64(text) else { throw refusal }
            return UInt64(value)
        case let first where JSONScanner.beginsNumber(first):
            guard case .integer(let value) = try scanner.number(), value >= 0 else { throw refusal }
            return UInt64(value)
        default: throw refusal
        }
    }

    private mutating func readData() throws {
        if let type {
            let start = scanner.peek() == UInt8(ascii: "{") ? scanner.position : nil
            guard let start else { throw Refusal(.schema, field: "data", rule: "must be an object") }
            slots = try scanner.slots(of: reader.schemas.types[type])
            slotsAreRead = true
            data = start..<scanner.position
        } else {
            data = try scanner.value()
        }
    }

    static func time(_ text: Text, in bytes: [UInt8], field: String) throws(Refusal) -> Int64 {
        guard !text.escaped, let time = Timestamp.parse(bytes[text.range]) else {
            throw Refusal(.attribute, field: field, rule: "must be an RFC 3339 date-time (2017-01-05T08:08:41Z)")
        }
        return time
    }

    mutating func fact() throws(Refusal) -> Fact {
        func missing(_ field: String) -> Refusal { Refusal(.attribute, field: field, rule: "is required") }
        guard hasVersion else { throw missing("specversion") }
        guard let id else { throw missing("id") }
        guard let source else { throw missing("source") }
        if let unknownType {
            throw Refusal(.unknownType, field: "type", rule: "'\(unknownType)' is in no schema in force")
        }
        guard let type else { throw missing("type") }
        guard let time else { throw missing("time") }
        let schema = reader.schemas.types[type]
        if let subjectKind = schema.subject, subject == nil {
            throw Refusal(.attribute, field: "subject", rule: "is required: the \(subjectKind)")
        }
        guard time >= FactReader.earliestTime else {
            throw Refusal(.attribute, field: "time", rule: "must not be before 2000-01-01; is the source's clock set?")
        }
        guard time <= reader.latestTime else {
            throw Refusal(.attribute, field: "time", rule: "must not be more than 24 h ahead of the log's clock")
        }
        try readLateData(schema)
        let person = if let privateValue { try checkPrivate(privateValue, schema) } else { nil as String? }
        var fact = try cut(id: id, source: source, type: type, time: time)
        fact.person = person
        return fact
    }

    /// `data` stood before `type`, or is absent.
    private mutating func readLateData(_ schema: FactType) throws(Refusal) {
        guard !slotsAreRead else { return }
        do {
            if let data {
                var second = JSONScanner(scanner.bytes, in: data)
                guard second.peek() == UInt8(ascii: "{") else {
                    throw Refusal(.schema, field: "data", rule: "must be an object")
                }
                slots = try second.slots(of: schema)
            } else {
                var empty = JSONScanner(Array("{}".utf8))
                slots = try empty.slots(of: schema)
            }
        } catch {
            throw refusal(error)
        }
    }

    /// The private part keeps to its schema too; the messages name its members, never their values.
    ///
    /// - Returns: the pseudonym of the person whom it concerns.
    private func checkPrivate(_ value: Range<Int>, _ schema: FactType) throws(Refusal) -> String? {
        do {
            var second = JSONScanner(scanner.bytes, in: value)
            try second.checkMembers(of: schema.privateFields, in: "private", typeName: schema.name)
        } catch {
            throw refusal(error)
        }
        guard let person = (try? JSONValue(parsing: scanner.bytes, in: value))?["person"] else { return nil }
        // A person is a key's name: one spelling, the same to every reader.
        guard let name = person.string, (1...64).contains(name.utf8.count),
            name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") })
        else {
            throw Refusal(
                .schema, field: "private.person", rule: "must be a pseudonym of 1 to 64 of a-z, A-Z, 0-9, '-' and '_'")
        }
        return name
    }

    private func cut(id: Text, source: Text, type: Int, time: Int64) throws(Refusal) -> Fact {
        let bytes = scanner.bytes
        let cutStart = privateCut?.lowerBound ?? range.upperBound
        let cutCount = privateCut?.count ?? 0
        let base = range.lowerBound
        func moved(_ text: Text) -> Text {
            var text = text
            text.offset -= base + (text.offset > cutStart ? cutCount : 0)
            return text
        }
        let bodyCount = range.count - cutCount
        guard bodyCount <= FactReader.maximumBody else {
            throw Refusal(
                .tooLarge, rule: "a body has at most \(FactReader.maximumBody) bytes; larger things are blobs")
        }
        let body: [UInt8]
        if let privateCut {
            body = Array(bytes[base..<privateCut.lowerBound]) + bytes[privateCut.upperBound..<range.upperBound]
        } else {
            body = base == 0 && range.count == bytes.count ? bytes : Array(bytes[range])
        }
        var slots = slots
        if base > 0 || cutCount > 0 {
            for index in slots.indices {
                switch slots[index] {
                case .text(let text): slots[index] = .text(moved(text))
                case .json(let text): slots[index] = .json(moved(text))
                default: break
                }
            }
        }
        let key = source.withBytes(in: bytes) { source in
            id.withBytes(in: bytes) { Fact.key(source: source, id: $0) }
        }
        return Fact(
            body: body, privatePart: privateValue.map { Array(bytes[$0]) }, signature: nil,
            id: moved(id), source: moved(source), type: type, schemaVersion: reader.schemas.version,
            subject: subject.map(moved), time: time, sequence: sequence, cause: cause, slots: slots, key: key)
    }
}
