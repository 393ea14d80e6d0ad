/// What the server says about one fact.
public enum FactAnswer: Hashable, Sendable {
    /// It stands durably in the log at this index; `duplicate` if it stood there before (same source and id).
    case accepted(index: UInt64, duplicate: Bool)
    /// It was refused and changed nothing: error code, the field at fault, the rule it broke, and a sentence.
    case refused(code: String, field: String?, rule: String?, message: String)

    /// The index, if it was accepted.
    public var index: UInt64? {
        if case .accepted(let index, _) = self { index } else { nil }
    }
}
