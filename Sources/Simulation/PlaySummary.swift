/// What became of the messages that were played.
public struct PlaySummary: Hashable, Sendable {
    /// Facts that the server took as new.
    public var sent = 0
    /// Facts that it had already: repeats, and what it took before an answer was lost.
    public var duplicates = 0
    /// Facts that it refused.
    public var refused = 0
    /// Requests that were tried again because the server was away or busy.
    public var retries = 0
    /// The device, code, field and rule of the last refusal.
    public var lastRefusal: String?

    /// Nothing yet.
    public init() {}

    mutating func add(_ other: PlaySummary) {
        sent += other.sent
        duplicates += other.duplicates
        refused += other.refused
        retries += other.retries
        lastRefusal = other.lastRefusal ?? lastRefusal
    }
}

extension PlaySummary: CustomStringConvertible {
    /// One line for a person or a log.
    public var description: String {
        let counts = "simulated: \(sent) sent, \(duplicates) duplicates, \(refused) refused, \(retries) retries"
        return lastRefusal.map { counts + " (last refusal: \($0))" } ?? counts
    }
}
