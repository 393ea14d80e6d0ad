/// The numbers that decide how the running district behaves, each with its reason.
public enum Limits {
    /// Facts of one commit. Larger batches win little (the sync is shared already) and make everybody wait longer.
    public static let batchFacts = 4096
    /// Facts that may wait; past it a caller is told to come back. Half a second of work at the rate that this
    /// machine's disk sustains.
    public static let queueFacts = 50_000
    /// Bytes that may wait, so that large bodies cannot fill the memory that small ones may.
    public static let queueBytes = 64 << 20
    /// Seconds that a refused caller is asked to wait: what the full queue takes to drain.
    public static let retryAfterSeconds = 1
    /// Facts of one request.
    public static let requestFacts = 10_000
    /// Bytes of one request: 500 facts of the largest usual size with room.
    public static let requestBytes = 8 << 20
    /// How deep consequences may cause consequences; deeper is an error of the rule set.
    public static let consequenceDepth = 8
    /// Facts between snapshots: a start replays at most this many, in about a second.
    public static let snapshotFacts: UInt64 = 1 << 18
    /// Keys held in memory before they become a sorted run on disk.
    public static let keysInMemory = 1 << 17
    /// Small runs that are merged into one large one: a million keys.
    public static let smallRuns = 8
    /// Milliseconds between checkpoints, while the log grows.
    public static let checkpointMs: Int64 = 1000
    /// Facts read from the store at once, in replay and audit.
    public static let readFacts: UInt64 = 4096
}
