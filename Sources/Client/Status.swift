/// The server's own account of a district: `GET /status`. Times are RFC 3339.
public struct Status: Decodable, Hashable, Sendable {
    /// The newest signed checkpoint.
    public struct Checkpoint: Decodable, Hashable, Sendable {
        /// Facts that it covers.
        public let size: UInt64
        /// Root hash, base64.
        public let root: String
        /// When it was signed.
        public let signedAt: String?
    }

    /// A registered source.
    public struct Source: Decodable, Hashable, Sendable {
        /// `device/camera-01`.
        public let id: String
        /// `device`, `person`, `system` …
        public let role: String
        /// `active`, `silent` or `revoked`.
        public let state: String
        /// When its last fact came; nil if none has.
        public let lastReceived: String?
        /// Facts taken from it.
        public let facts: UInt64
        /// Silence after which it counts as silent, seconds; nil for never.
        public let silentAfterSeconds: Double?
    }

    /// The district's name in routes.
    public let district: String
    /// The log's origin, first line of its checkpoints.
    public let origin: String
    /// Whether the log's clock or facts are simulated.
    public let simulated: Bool
    /// Facts in the log.
    public let size: UInt64
    /// Current rate.
    public let factsPerSecond: Double
    /// The newest checkpoint; nil before the first.
    public let checkpoint: Checkpoint?
    /// The log's verifier key (C2SP signed-note).
    public let vkey: String?
    /// Since the server started.
    public let uptimeSeconds: Double
    /// The registered sources.
    public let sources: [Source]
}
