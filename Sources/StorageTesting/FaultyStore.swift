public import Storage
import Synchronization

/// A store that does what another does, except where a plan says that it fails.
public final class FaultyStore: FactStore {
    /// The calls that are counted, each by itself.
    public enum Method: String, CaseIterable, Sendable {
        /// `append`
        case append
        /// `facts(in:)`
        case facts
        /// `privatePart(at:)`
        case privatePart
        /// `tile(level:index:)`
        case tile
        /// `latestSnapshot`
        case latestSnapshot
        /// `keyRuns`
        case keyRuns
        /// `keyPage(run:page:)`
        case keyPage
        /// `checkpoint`
        case checkpoint
        /// `save(checkpoint:)`
        case save
        /// `byteCount`
        case byteCount
        /// `close`
        case close
    }

    /// What a call does instead.
    public enum Fault: String, CaseIterable, Sendable {
        /// Fails and does nothing.
        case failsBefore
        /// Does it, durably, and fails then.
        case failsAfter
        /// Does nothing: the disk is full.
        case full

        /// What the call throws.
        public var error: StoreError { self == .full ? .full : .io("planned fault (\(rawValue))") }
    }

    /// Which call fails, and how.
    public struct Plan: Equatable, Sendable {
        /// The call.
        public let method: Method
        /// Which one, from 1.
        public let number: Int
        /// How it fails.
        public let fault: Fault

        /// A plan.
        public init(_ method: Method, _ number: Int, _ fault: Fault) {
            self.method = method
            self.number = number
            self.fault = fault
        }
    }

    private struct Record {
        var calls: [Method: Int] = [:]
        var happened = false
        var writesAfter = 0
    }

    private let real: any FactStore
    private let plan: Plan?
    private let record = Mutex(Record())

    /// A store that follows a plan; without one it only counts.
    public init(_ real: any FactStore, _ plan: Plan? = nil) {
        self.real = real
        self.plan = plan
    }

    /// How often a method was called.
    public func count(of method: Method) -> Int { record.withLock { $0.calls[method] ?? 0 } }

    /// Whether the fault has happened.
    public var happened: Bool { record.withLock { $0.happened } }

    /// How often something was to be written after a failed write; whoever keeps the contract stops instead.
    public var writesAfter: Int { record.withLock { $0.writesAfter } }

    private func call<Result>(
        _ method: Method, isWrite: Bool = false, _ body: () throws(StoreError) -> Result
    ) throws(StoreError) -> Result {
        let fault: Fault? = record.withLock { record in
            let number = (record.calls[method] ?? 0) + 1
            record.calls[method] = number
            if isWrite, record.happened, let plan, plan.method == .append || plan.method == .save {
                record.writesAfter += 1
            }
            guard let plan, plan.method == method, plan.number == number else { return nil }
            record.happened = true
            return plan.fault
        }
        guard let fault else { return try body() }
        if fault == .failsAfter { _ = try body() }
        throw fault.error
    }

    /// The number of facts committed.
    public var size: UInt64 { real.size }

    /// Commits a batch; see `FactStore`.
    public func append(_ batch: StoredBatch) throws(StoreError) {
        try call(.append, isWrite: true) { () throws(StoreError) in try real.append(batch) }
    }

    /// The facts of a range; see `FactStore`.
    public func facts(in range: Range<UInt64>) throws(StoreError) -> [StoredFact] {
        try call(.facts) { () throws(StoreError) in try real.facts(in: range) }
    }

    /// The private part of a fact; see `FactStore`.
    public func privatePart(at index: UInt64) throws(StoreError) -> StoredPrivatePart? {
        try call(.privatePart) { () throws(StoreError) in try real.privatePart(at: index) }
    }

    /// A full tile; see `FactStore`.
    public func tile(level: Int, index: UInt64) throws(StoreError) -> [UInt8]? {
        try call(.tile) { () throws(StoreError) in try real.tile(level: level, index: index) }
    }

    /// The newest snapshot; see `FactStore`.
    public func latestSnapshot() throws(StoreError) -> StoredSnapshot? {
        try call(.latestSnapshot) { () throws(StoreError) in try real.latestSnapshot() }
    }

    /// The runs that stand, oldest first.
    public func keyRuns() throws(StoreError) -> [StoredKeyRun] {
        try call(.keyRuns) { () throws(StoreError) in try real.keyRuns() }
    }

    /// A page of a run; see `FactStore`.
    public func keyPage(run: Int64, page: Int) throws(StoreError) -> [UInt8] {
        try call(.keyPage) { () throws(StoreError) in try real.keyPage(run: run, page: page) }
    }

    /// The last checkpoint that was saved.
    public func checkpoint() throws(StoreError) -> String? {
        try call(.checkpoint) { () throws(StoreError) in try real.checkpoint() }
    }

    /// Keeps a checkpoint in place of the one before.
    public func save(checkpoint: String) throws(StoreError) {
        try call(.save, isWrite: true) { () throws(StoreError) in try real.save(checkpoint: checkpoint) }
    }

    /// Bytes kept.
    public func byteCount() throws(StoreError) -> UInt64 {
        try call(.byteCount) { () throws(StoreError) in try real.byteCount() }
    }

    /// Ends the use of the store.
    public func close() throws(StoreError) {
        try call(.close) { () throws(StoreError) in try real.close() }
    }
}
