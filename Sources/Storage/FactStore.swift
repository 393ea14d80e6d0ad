/// Keeps one district's log: the bodies, what is needed to prove them, and the caches from which a start is quick.
///
/// The contract, which `FactStoreConformance` checks:
/// - **Order.** Facts are appended at the end only, without gaps; `append` refuses a batch that does not begin at `size`.
/// - **Atomicity.** A batch is there whole or not at all, after any crash, at any moment.
/// - **Durability.** When `append` returns, the batch survives the loss of power. When it throws, the caller must assume
///   nothing about the batch and stop: a later `open` tells.
/// - **Visibility.** Readers see committed batches only, each in full; a reader never blocks the writer.
/// - **Concurrency.** `append`, `save` and `close` are called by one thread at a time; readers by any number, beside it.
/// - **Faithfulness.** Bytes come back as they were given. What cannot be read is an error, never an absence.
public protocol FactStore: AnyObject, Sendable {
    /// The number of facts committed.
    var size: UInt64 { get }

    /// Commits a batch.
    func append(_ batch: StoredBatch) throws(StoreError)

    /// The facts of a range, in order; the range must lie within `size`.
    func facts(in range: Range<UInt64>) throws(StoreError) -> [StoredFact]

    /// The private part of a fact; nil if it has none or it was erased.
    func privatePart(at index: UInt64) throws(StoreError) -> StoredPrivatePart?

    /// A full tile of hashes, 8,192 bytes; nil if no commit has completed it.
    func tile(level: Int, index: UInt64) throws(StoreError) -> [UInt8]?

    /// The newest snapshot of the state.
    func latestSnapshot() throws(StoreError) -> StoredSnapshot?

    /// The runs of keys that stand, oldest first, without their pages.
    func keyRuns() throws(StoreError) -> [StoredKeyRun]

    /// One page of a run's sorted entries.
    func keyPage(run: Int64, page: Int) throws(StoreError) -> [UInt8]

    /// The last signed checkpoint that was saved; a note.
    func checkpoint() throws(StoreError) -> String?

    /// Keeps a signed checkpoint in place of the one before.
    func save(checkpoint: String) throws(StoreError)

    /// Bytes on disk.
    func byteCount() throws(StoreError) -> UInt64

    /// Ends the use of the store; nothing may be called after it.
    func close() throws(StoreError)
}

/// Thirty-two random bytes, without a heap block.
public typealias Salt = InlineArray<32, UInt8>

/// One fact as it is kept.
public struct StoredFact: Sendable {
    /// Milliseconds since 1970 UTC.
    public let received: Int64
    /// The salt of the body's commitment.
    public let salt: Salt
    /// The exact body.
    public let body: [UInt8]
    /// The signature, in the caller's encoding, if the source signed.
    public let signature: [UInt8]?
    /// The commitment to the private part, which outlives it.
    public let privateCommitment: [UInt8]?

    /// One fact as it is kept.
    public init(
        received: Int64, salt: Salt, body: [UInt8], signature: [UInt8]? = nil, privateCommitment: [UInt8]? = nil
    ) {
        self.received = received
        self.salt = salt
        self.body = body
        self.signature = signature
        self.privateCommitment = privateCommitment
    }
}

/// The private part of one fact, encrypted by the caller.
public struct StoredPrivatePart: Sendable, Equatable {
    /// The fact it belongs to.
    public let index: UInt64
    /// Whom it concerns: a random pseudonym, by which it is found when that person is erased; empty for nobody named.
    public let person: String
    /// Salt and bytes under that person's key.
    public let sealed: [UInt8]

    /// The private part of one fact.
    public init(index: UInt64, person: String, sealed: [UInt8]) {
        self.index = index
        self.person = person
        self.sealed = sealed
    }
}

/// A full tile that a batch completes.
public struct StoredTile: Sendable, Equatable {
    /// 0 for leaf hashes.
    public let level: Int
    /// Its place in the level.
    public let index: UInt64
    /// 256 hashes.
    public let hashes: [UInt8]

    /// A full tile that a batch completes.
    public init(level: Int, index: UInt64, hashes: [UInt8]) {
        self.level = level
        self.index = index
        self.hashes = hashes
    }
}

/// The state after the first `size` facts; a cache.
public struct StoredSnapshot: Sendable, Equatable {
    /// How many facts it covers.
    public let size: UInt64
    /// The canonical encoding of the state.
    public let state: [UInt8]

    /// The state after the first `size` facts.
    public init(size: UInt64, state: [UInt8]) {
        self.size = size
        self.state = state
    }
}

/// A sorted run of the keys of a span of facts, by which a repeated fact is recognised at any age.
public struct StoredKeyRun: Sendable, Equatable {
    /// Its name.
    public let id: Int64
    /// The span of facts whose keys it holds.
    public let facts: Range<UInt64>
    /// How many pages its entries fill.
    public let pageCount: Int
    /// A filter that says of most absent keys that they are absent.
    public let filter: [UInt8]

    /// A sorted run of keys.
    public init(id: Int64, facts: Range<UInt64>, pageCount: Int, filter: [UInt8]) {
        self.id = id
        self.facts = facts
        self.pageCount = pageCount
        self.filter = filter
    }
}

/// What one commit adds.
public struct StoredBatch: Sendable {
    /// The index of the first fact; must be the store's size.
    public var first: UInt64
    /// The facts, consequences included.
    public var facts: [StoredFact] = []
    /// The private parts of those that have one.
    public var privateParts: [StoredPrivatePart] = []
    /// The tiles that these facts complete.
    public var tiles: [StoredTile] = []
    /// A new run of keys with its pages.
    public var keyRun: (run: StoredKeyRun, pages: [[UInt8]])?
    /// Runs that the new one replaces.
    public var replacedKeyRuns: [Int64] = []
    /// A snapshot of the state after this batch; it takes the place of the one before.
    public var snapshot: StoredSnapshot?

    /// An empty batch that begins at an index.
    public init(first: UInt64) { self.first = first }
}

/// Why a store did not do what it was asked. After any of these from a write the process stops.
public enum StoreError: Error, Equatable, Sendable {
    /// The disk, or the file's limit, is full.
    case full
    /// The disk failed to read or to write.
    case io(String)
    /// The file does not hold what it must.
    case corrupt(String)
    /// There is no such file.
    case missing(String)
    /// The file is no store, or one of a later version.
    case notAStore(String)
    /// The batch does not begin where the log ends.
    case outOfOrder(expected: UInt64, found: UInt64)
    /// The store could not be made durable as the contract asks.
    case notDurable(String)
}

extension StoreError: CustomStringConvertible {
    /// What happened, and what to do.
    public var description: String {
        switch self {
        case .full: "the disk is full; free some space and start again, nothing acknowledged is lost"
        case .io(let detail): "the disk failed: \(detail)"
        case .corrupt(let detail): "the store is damaged: \(detail)"
        case .missing(let path): "there is no store at \(path); make one with 'jianghan district new'"
        case .notAStore(let detail): "not a Jianghan store: \(detail)"
        case .outOfOrder(let expected, let found): "a batch begins at \(found), the log ends at \(expected)"
        case .notDurable(let detail): "commits would not be durable: \(detail)"
        }
    }
}
