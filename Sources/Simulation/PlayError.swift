public import Client

/// Why playing ended early.
public enum PlayError: Error, Hashable, Sendable {
    /// A device has no token.
    case noToken(device: String)
    /// The speed is not a positive, finite number.
    case badSpeed
    /// The server, or the way to it, failed for good: a wrong URL, a token that it does not know.
    case server(ClientError)
}

extension PlayError: CustomStringConvertible {
    /// One line for a person.
    public var description: String {
        switch self {
        case .noToken(let device): "no token for \(device)"
        case .badSpeed: "the speed must be a positive number"
        case .server(let error): "\(error)"
        }
    }
}
