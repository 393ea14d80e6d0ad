import Storage

/// A store whose writes a test watches, holds up or fails.
final class ObservedStore: FactStore {
    private let real: any FactStore
    private let onAppend: @Sendable (StoredBatch) throws(StoreError) -> Void

    /// - Parameter onAppend: called before each append; what it throws is what the append throws.
    init(_ real: any FactStore, onAppend: @escaping @Sendable (StoredBatch) throws(StoreError) -> Void) {
        self.real = real
        self.onAppend = onAppend
    }

    var size: UInt64 { real.size }
    func append(_ batch: StoredBatch) throws(StoreError) {
        try onAppend(batch)
        try real.append(batch)
    }
    func facts(in range: Range<UInt64>) throws(StoreError) -> [StoredFact] { try real.facts(in: range) }
    func privatePart(at index: UInt64) throws(StoreError) -> StoredPrivatePart? { try real.privatePart(at: index) }
    func tile(level: Int, index: UInt64) throws(StoreError) -> [UInt8]? { try real.tile(level: level, index: index) }
    func latestSnapshot() throws(StoreError) -> StoredSnapshot? { try real.latestSnapshot() }
    func keyRuns() throws(StoreError) -> [StoredKeyRun] { try real.keyRuns() }
    func keyPage(run: Int64, page: Int) throws(StoreError) -> [UInt8] { try real.keyPage(run: run, page: page) }
    func checkpoint() throws(StoreError) -> String? { try real.checkpoint() }
    func save(checkpoint: String) throws(StoreError) { try real.save(checkpoint: checkpoint) }
    func byteCount() throws(StoreError) -> UInt64 { try real.byteCount() }
    func close() throws(StoreError) { try real.close() }
}
