/// One event of a `text/event-stream` (WHATWG HTML, section 9.2).
public struct ServerSentEvent: Hashable, Sendable {
    /// The last event id that the stream gave, here or before; nil if none yet. To be sent as `Last-Event-ID` to resume.
    public let id: String?
    /// The type; `message` if the stream gave none.
    public let event: String
    /// The data, lines joined by a line feed.
    public let data: String

    /// An event.
    public init(id: String?, event: String = "message", data: String) {
        self.id = id
        self.event = event
        self.data = data
    }
}
