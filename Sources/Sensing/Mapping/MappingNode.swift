import Yams

/// One node of a mapping file, with its place, for errors that name it.
struct MappingNode {
    let file: String
    /// The keys on the way here.
    let path: String
    let line: Int?
    private let node: Node

    init(_ node: Node, file: String, path: String = "", line: Int? = nil) {
        self.file = file
        self.path = path
        self.line = node.mark?.line ?? line
        self.node = node
    }

    /// An error at this place.
    func error(_ rule: String, suggestion: String? = nil) -> MappingError {
        MappingError(file: file, line: line, key: path, rule: rule, suggestion: suggestion)
    }

    /// Runs a check that does not know the place.
    func check<Value>(_ body: () throws(MappingRule) -> Value) throws(MappingError) -> Value {
        do {
            return try body()
        } catch {
            throw self.error(error.text, suggestion: error.suggestion)
        }
    }

    /// Whether this is a map.
    var isMap: Bool { node.mapping != nil }
    /// Whether this is a list.
    var isList: Bool { node.sequence != nil }

    /// A text; numbers and words like `true` are taken as written. Never empty.
    func text() throws(MappingError) -> String {
        guard let scalar = node.scalar else { throw error("expected a text, not a list or map") }
        guard !scalar.string.isEmpty else { throw error("has no value") }
        return scalar.string
    }

    /// A text that may be empty.
    func anyText() throws(MappingError) -> String {
        guard let scalar = node.scalar else { throw error("expected a text, not a list or map") }
        return scalar.string
    }

    /// `true` or `false`.
    func flag() throws(MappingError) -> Bool {
        switch try text() {
        case "true": true
        case "false": false
        default: throw error("expected true or false")
        }
    }

    /// A number.
    func number() throws(MappingError) -> Double {
        guard let value = Numbers.double(Array(try text().utf8)[...]) else { throw error("expected a number") }
        return value
    }

    /// One of a few words.
    func word(of known: [String]) throws(MappingError) -> String {
        let word = try text()
        guard known.contains(word) else {
            throw error(
                "\"\(word)\" is none of \(known.joined(separator: ", "))",
                suggestion: Suggestion.nearest(to: word, among: known))
        }
        return word
    }

    /// The elements of a list, at least one.
    func list() throws(MappingError) -> [MappingNode] {
        guard let sequence = node.sequence else { throw error("expected a list") }
        guard !sequence.isEmpty else { throw error("the list is empty") }
        return sequence.enumerated().map { index, element in
            MappingNode(element, file: file, path: "\(path)[\(index)]", line: line)
        }
    }

    /// A list of texts, or a single text.
    func texts() throws(MappingError) -> [String] {
        guard isList else { return [try text()] }
        var texts: [String] = []
        for element in try list() { texts.append(try element.text()) }
        return texts
    }

    /// The members of a map in their order, with keys that the author chooses.
    func members() throws(MappingError) -> [(key: String, value: MappingNode)] {
        guard let mapping = node.mapping else { throw error("expected a map of keys and values") }
        var members: [(key: String, value: MappingNode)] = []
        for (key, value) in mapping {
            let line = key.mark?.line ?? line
            guard let name = key.scalar?.string, !name.isEmpty else {
                throw MappingError(file: file, line: line, key: path, rule: "a key is not a text", suggestion: nil)
            }
            let inner = path.isEmpty ? name : "\(path).\(name)"
            members.append((name, MappingNode(value, file: file, path: inner, line: line)))
        }
        return members
    }

    /// The members of a map whose keys are fixed; others are errors.
    func fields(_ known: [String], required: [String] = []) throws(MappingError) -> [String: MappingNode] {
        var fields: [String: MappingNode] = [:]
        for (key, value) in try members() {
            guard known.contains(key) else {
                throw value.error(
                    "unknown key; known are \(known.joined(separator: ", "))",
                    suggestion: Suggestion.nearest(to: key, among: known))
            }
            fields[key] = value
        }
        for key in required where fields[key] == nil { throw error("the key \"\(key)\" is missing") }
        return fields
    }
}
