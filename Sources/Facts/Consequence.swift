/// What the rules in force demand after a fact: a fact of the platform itself, which will stand right behind its cause.
///
/// Everything about it is derived from its cause, so that it exists once, however often it is demanded.
public struct Consequence: Equatable, Sendable {
    /// Derived from the cause; unique for `source`.
    public let id: String
    /// `rule/…` or `system/…`.
    public let source: String
    /// The type.
    public let type: String
    /// What it is about.
    public let subject: String
    /// Milliseconds since 1970 UTC: the time of the cause, or when a timer was due.
    public let time: Int64
    /// The index of the fact that demanded it; for a timer that of the fact that set it.
    public let cause: UInt64
    /// The members of `data`.
    public let data: JSONValue

    /// What the rules in force demand after a fact.
    public init(
        id: String, source: String, type: String, subject: String, time: Int64, cause: UInt64, data: JSONValue
    ) {
        self.id = id
        self.source = source
        self.type = type
        self.subject = subject
        self.time = time
        self.cause = cause
        self.data = data
    }

    /// The body, encoded once by the platform's one encoder; two programs that demand the same write the same bytes.
    public var body: [UInt8] {
        FactWriter.body(
            id: id, source: source, type: type, subject: subject, time: time, cause: cause, data: data)
    }
}

/// Writes the platform's own facts, members always in the same order.
public enum FactWriter {
    /// The bytes of a CloudEvents 1.0 object.
    ///
    /// - Parameters:
    ///   - id: unique per source.
    ///   - source: the source.
    ///   - type: the type.
    ///   - subject: what it is about, if anything.
    ///   - time: milliseconds since 1970 UTC.
    ///   - cause: the index of the fact that demanded it, for a consequence.
    ///   - data: the members of `data`.
    public static func body(
        id: String, source: String, type: String, subject: String?, time: Int64, cause: UInt64? = nil, data: JSONValue
    ) -> [UInt8] {
        var members: [JSONValue.Member] = [
            .init("specversion", .string("1.0")), .init("id", .string(id)), .init("source", .string(source)),
            .init("type", .string(type)),
        ]
        if let subject { members.append(.init("subject", .string(subject))) }
        members.append(.init("time", .string(Timestamp.format(time))))
        if let cause { members.append(.init("cause", .integer(Int64(cause)))) }
        members.append(.init("data", data))
        return JSONValue.object(members).text
    }
}
