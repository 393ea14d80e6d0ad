import Atlas

/// What is wrong with a schema, and where in it.
public struct SchemaError: Error, Equatable, Sendable {
    /// The path of the offending member: `["object.fell", "data", "floor", "maximum"]`.
    public let path: [String]
    /// The rule that it breaks.
    public let rule: String
}

extension FactType {
    /// Reads the types of a scenario's `facts:` part, each checked.
    public static func types(in facts: JSONValue) throws(SchemaError) -> [FactType] {
        guard let members = facts.members else {
            throw SchemaError(path: [], rule: "must be a mapping of type names to schemas")
        }
        var types: [FactType] = []
        for member in members { types.append(try FactType(name: member.name, schema: member.value)) }
        return types
    }

    init(name: String, schema: JSONValue) throws(SchemaError) {
        func isWord(_ word: Substring) -> Bool {
            word.first?.isLetter == true && word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
        }
        let words = name.split(separator: ".", omittingEmptySubsequences: false)
        guard words.count >= 2, words.allSatisfy(isWord), name.utf8.count <= 64 else {
            throw SchemaError(path: [name], rule: "a type is two or more words with dots between (object.fell)")
        }
        let reader = try SchemaReader(
            schema, path: [name], known: ["title", "subject", "report", "decision", "by", "crs", "data", "private"])
        self.name = name
        let report = try reader.bool("report")
        let decision = try reader.bool("decision")
        guard report != true || decision != true else {
            throw SchemaError(path: [name, "decision"], rule: "a type is a report or a decision, not both")
        }
        kind = decision == true || report == false ? .decision : .report
        subject = try reader.string("subject")
        roles = try reader.list("by", of: Role.init(rawValue:), allowed: Role.allCases.map(\.rawValue)) ?? []
        let systems = try reader.list(
            "crs", of: CoordinateSystem.init(rawValue:), allowed: CoordinateSystem.allCases.map(\.rawValue))
        coordinateSystems = systems ?? [.wgs84]
        data = try Self.fields(schema["data"], path: [name, "data"])
        privateFields = try Self.fields(schema["private"], path: [name, "private"])
        source = schema
        guard !data.contains(where: { $0.name == "crs" }) else {
            throw SchemaError(
                path: [name, "data", "crs"], rule: "is the platform's own member; use the schema's 'crs'")
        }
        guard systems == nil || data.contains(where: { $0.kind == .point }) else {
            throw SchemaError(path: [name, "crs"], rule: "the type has no point")
        }
    }

    private static func fields(_ value: JSONValue?, path: [String]) throws(SchemaError) -> [Field] {
        guard let value else { return [] }
        guard let members = value.members else {
            throw SchemaError(path: path, rule: "must be a mapping of member names to types")
        }
        var fields: [Field] = []
        for member in members { fields.append(try Field(member.name, schema: member.value, path: path)) }
        return fields
    }
}

extension Field {
    init(_ name: String, schema: JSONValue, path: [String]) throws(SchemaError) {
        let path = path + [name]
        guard !name.isEmpty, name.utf8.count <= 64 else {
            throw SchemaError(path: path, rule: "a member's name has 1 to 64 bytes")
        }
        let reader = try SchemaReader(
            schema, path: path,
            known: ["type", "required", "minimum", "maximum", "maxLength", "values", "unit", "title"])
        guard let kindName = try reader.string("type") else { throw SchemaError(path: path, rule: "needs a 'type'") }
        guard let kind = Kind(rawValue: kindName) else {
            throw SchemaError(
                path: path + ["type"], rule: Suggestion.among(Kind.allCases.map(\.rawValue), for: kindName))
        }
        self.name = name
        self.kind = kind
        isRequired = try reader.bool("required") ?? true
        minimum = try reader.number("minimum")
        maximum = try reader.number("maximum")
        if let minimum, let maximum, minimum > maximum {
            throw SchemaError(path: path + ["minimum"], rule: "is greater than the maximum")
        }
        let isNumber = kind == .int || kind == .double
        guard isNumber || (minimum == nil && maximum == nil) else {
            throw SchemaError(path: path, rule: "only int and double have a minimum and a maximum")
        }
        let isText = [.string, .asset, .uri].contains(kind)
        let length = try reader.number("maxLength")
        values = try reader.list("values", of: { $0 }, allowed: []) ?? []
        guard isText || (length == nil && values.isEmpty) else {
            throw SchemaError(path: path, rule: "only string, asset and uri have 'maxLength' and 'values'")
        }
        if let length {
            guard (1...65_536).contains(length), length == length.rounded() else {
                throw SchemaError(path: path + ["maxLength"], rule: "must be 1 to 65536")
            }
            maximumLength = Int(length)
        } else {
            maximumLength = Self.defaultMaximumLength
        }
        nameBytes = Array(name.utf8)
        valueBytes = values.map { Array($0.utf8) }
    }
}

/// Reads the members of one mapping of a schema; a member that it does not know is an error, not a silence.
struct SchemaReader {
    private let object: JSONValue
    private let path: [String]

    init(_ object: JSONValue, path: [String], known: [String]) throws(SchemaError) {
        guard let members = object.members else { throw SchemaError(path: path, rule: "must be a mapping") }
        for member in members where !known.contains(member.name) {
            throw SchemaError(path: path + [member.name], rule: Suggestion.among(known, for: member.name))
        }
        self.object = object
        self.path = path
    }

    func string(_ name: String) throws(SchemaError) -> String? {
        try read(name, "must be a text") { $0.string }
    }

    func bool(_ name: String) throws(SchemaError) -> Bool? {
        try read(name, "must be true or false") { $0.bool }
    }

    func number(_ name: String) throws(SchemaError) -> Double? {
        try read(name, "must be a number") { $0.number }
    }

    func list<Element>(
        _ name: String, of make: (String) -> Element?, allowed: [String]
    ) throws(SchemaError) -> [Element]? {
        guard let texts = try read(name, "must be a list of texts", { $0.elements?.map(\.string) }) else { return nil }
        var result: [Element] = []
        for text in texts {
            guard let text else { throw SchemaError(path: path + [name], rule: "must be a list of texts") }
            guard let element = make(text) else {
                throw SchemaError(path: path + [name], rule: Suggestion.among(allowed, for: text))
            }
            result.append(element)
        }
        return result
    }

    private func read<Value>(
        _ name: String, _ rule: String, _ convert: (JSONValue) -> Value?
    ) throws(SchemaError) -> Value? {
        guard let value = object[name] else { return nil }
        guard let converted = convert(value) else { throw SchemaError(path: path + [name], rule: rule) }
        return converted
    }
}

/// Says what a mistyped word might have meant.
enum Suggestion {
    static func among(_ allowed: [String], for word: String) -> String {
        let list = allowed.joined(separator: ", ")
        let word = String(word.prefix(64))
        let nearest = allowed.map { ($0, distance($0, word)) }.min { $0.1 < $1.1 }
        guard let nearest, nearest.1 <= max(1, word.count / 3) else { return "'\(word)' is none of: \(list)" }
        return "'\(word)' is none of: \(list); did you mean '\(nearest.0)'?"
    }

    /// Levenshtein's edit distance.
    static func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right)
        var row = Array(0...right.count)
        for (i, character) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for j in right.indices {
                let substituted = diagonal + (right[j] == character ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substituted, row[j + 1] + 1, row[j] + 1)
            }
        }
        return row[right.count]
    }
}
