/// One message of a simulated device. Everything in it is invented.
public struct SimulatedMessage: Hashable, Sendable {
    /// When the device sends it, ms since 1970 UTC. Never decreases along a stream.
    public let dueMs: Int64
    /// When it happened, ms since 1970 UTC: the fact's `time`. Earlier than `dueMs` if the device had no network.
    public let occurredMs: Int64
    /// The device that sends it: its `source`.
    public let device: String
    /// Whether the same message was sent before: the device missed the answer.
    public let isRepeat: Bool
    /// The fact, one CloudEvents 1.0 JSON object.
    public let json: [UInt8]
}
