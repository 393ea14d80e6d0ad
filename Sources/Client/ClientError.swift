/// Why a request has no answer, or none that can be used.
public enum ClientError: Error, Hashable, Sendable {
    /// The base URL is not `http://host[:port][/prefix]`.
    case badURL(String)
    /// The request's path or a header holds a character that HTTP does not allow there.
    case badRequest(String)
    /// No connection could be made.
    case cannotConnect(String)
    /// The server closed the connection before the answer was complete.
    case closed(mayHaveBeenProcessed: Bool)
    /// No complete answer came in time; the connection is closed.
    case timedOut(mayHaveBeenProcessed: Bool)
    /// The task was cancelled; the connection is closed.
    case cancelled(mayHaveBeenProcessed: Bool)
    /// A second request was begun while one was in flight on this connection.
    case inUse
    /// The answer is larger than the limit, in bytes; the connection is closed.
    case answerTooLarge(limit: Int)
    /// What came is no HTTP, or its body is not what the server's contract says.
    case malformedAnswer(String)
    /// The server's queue is full (429); nothing of the request was taken.
    case busy(retryAfterSeconds: Double)
    /// The server refused the request as a whole: HTTP status, error code and message from its body, as far as given.
    case rejected(status: Int, code: String, message: String)

    /// Whether the server may have acted on the request. A fact that is sent again counts once all the same.
    public var mayHaveBeenProcessed: Bool {
        switch self {
        case .closed(let maybe), .timedOut(let maybe), .cancelled(let maybe): maybe
        case .answerTooLarge, .malformedAnswer: true
        case .badURL, .badRequest, .cannotConnect, .inUse, .busy, .rejected: false
        }
    }

    /// Whether the same request may succeed later without a change: the server is away, busy, or failed inside.
    public var isTemporary: Bool {
        switch self {
        case .cannotConnect, .closed, .timedOut, .busy: true
        case .rejected(let status, _, _): status >= 500
        case .badURL, .badRequest, .cancelled, .inUse, .answerTooLarge, .malformedAnswer: false
        }
    }
}

extension ClientError: CustomStringConvertible {
    /// One line for a person.
    public var description: String {
        switch self {
        case .badURL(let url): "not a base URL, expected http://host[:port]: \(url)"
        case .badRequest(let what): "cannot be sent: \(what)"
        case .cannotConnect(let why): "cannot connect: \(why)"
        case .closed(let maybe): "the server closed the connection" + Self.suffix(maybe)
        case .timedOut(let maybe): "no answer in time" + Self.suffix(maybe)
        case .cancelled(let maybe): "cancelled" + Self.suffix(maybe)
        case .inUse: "the connection is in use by another request"
        case .answerTooLarge(let limit): "the answer is larger than \(limit) bytes"
        case .malformedAnswer(let what): "malformed answer: \(what)"
        case .busy(let seconds): "the server is busy, retry after \(seconds) s"
        case .rejected(let status, let code, let message): "\(status) \(code): \(message)"
        }
    }

    private static func suffix(_ mayHaveBeenProcessed: Bool) -> String {
        mayHaveBeenProcessed ? "; the request may have been processed" : "; the request was not sent"
    }
}
