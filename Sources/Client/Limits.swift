/// What a connection bears. Each limit can be changed per client.
public struct Limits: Sendable {
    /// Longest time until a connection is made. A server on the same machine answers at once or not at all.
    public var connectTimeout: Duration = .seconds(5)
    /// Longest time from sending a request to the end of its answer. A batch waits for one disk sync, not for minutes.
    public var answerTimeout: Duration = .seconds(30)
    /// Largest body of an answer, bytes. An entry tile of 256 facts of 64 KB is 16 MiB.
    public var answerBytes = 32 * 1024 * 1024
    /// Longest silence in a stream of events, comments included. Servers send a comment every 15 s or so.
    public var eventSilence: Duration = .seconds(60)
    /// Largest single event, bytes.
    public var eventBytes = 1024 * 1024

    /// The limits as documented on each.
    public init() {}
}
