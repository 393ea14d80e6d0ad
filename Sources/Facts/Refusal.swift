/// Why a fact was not taken: which field, which rule. It changes nothing; its neighbours are kept.
public struct Refusal: Error, Hashable, Sendable {
    /// The kind of refusal; stable, part of the HTTP answer.
    public enum Code: String, Sendable, CaseIterable {
        /// Not JSON, or JSON that two readers could read differently.
        case malformed
        /// A CloudEvents attribute is missing or has a wrong form.
        case attribute
        /// The type is in no schema in force.
        case unknownType = "unknown-type"
        /// `data` or `private` breaks the schema of the type.
        case schema
        /// The fact, or its body, is larger than the limit.
        case tooLarge = "too-large"
        /// Nobody is registered by this token, key or source id.
        case unauthenticated
        /// The source was registered, and revoked.
        case revoked
        /// The source may not say this.
        case forbidden
        /// The signature does not verify, or signs something else.
        case signature
        /// The state that the subject is in does not allow this decision.
        case conflict
    }

    /// The kind of refusal.
    public let code: Code
    /// The offending member, as a path (`data.floor`); empty when the whole fact is meant.
    public let field: String
    /// The rule that it breaks, with the rule's own values.
    public let rule: String

    /// - Parameters:
    ///   - code: the kind of refusal.
    ///   - field: the offending member, as a path; empty for the whole fact.
    ///   - rule: the rule, never with a value from `private`.
    public init(_ code: Code, field: String = "", rule: String) {
        self.code = code
        self.field = field
        self.rule = rule
    }

    /// One sentence for a person.
    public var message: String { field.isEmpty ? rule : "\(field): \(rule)" }
}

extension Refusal: CustomStringConvertible {
    /// Code and message.
    public var description: String { "\(code.rawValue): \(message)" }
}

extension Refusal {
    init(_ error: JSONError, within start: Int = 0) {
        self.init(.malformed, rule: "\(error.rule) (byte \(error.offset - start))")
    }
}
