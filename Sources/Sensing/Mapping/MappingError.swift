/// What is wrong with a mapping, and where.
public struct MappingError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Name of the mapping file, or the folder when no single file is at fault.
    public let file: String
    /// Line in the file, from 1; nil when the file as a whole is at fault.
    public let line: Int?
    /// The key at fault with the keys around it, as `facts[2].data.position`; empty for the whole file.
    public let key: String
    /// The rule that was broken, in English.
    public let rule: String
    /// What was probably meant, for a misspelt word.
    public let suggestion: String?

    /// `file:line: key: rule; did you mean "…"?`, for a terminal.
    public var description: String {
        var text = file
        if let line { text += ":\(line)" }
        if !key.isEmpty { text += ": \(key)" }
        text += ": \(rule)"
        if let suggestion { text += "; did you mean \"\(suggestion)\"?" }
        return text
    }
}

/// A broken rule, thrown where the place in the file is not known; whoever knows it makes a ``MappingError`` of it.
struct MappingRule: Error {
    let text: String
    let suggestion: String?

    init(_ text: String, suggestion: String? = nil) {
        self.text = text
        self.suggestion = suggestion
    }
}
