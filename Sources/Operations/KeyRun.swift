import Storage

/// The keys of a span of facts, sorted: twelve bytes each on disk, a filter in memory.
struct KeyRun: Sendable {
    /// One key and the fact that has it.
    struct Entry: Sendable, Comparable {
        let key: UInt64
        let index: UInt64

        static func < (left: Entry, right: Entry) -> Bool { (left.key, left.index) < (right.key, right.index) }
    }

    let id: Int64
    let facts: Range<UInt64>
    let filter: KeyFilter
    /// The entries themselves while the run is small or not committed yet; else they are read page by page.
    var entries: [Entry]?
    private let pageCount: Int

    /// Entries of a page: 12 KB, one read from the page cache.
    private static let pageEntries = 1024
    private static let entryBytes = 12

    init(id: Int64, facts: Range<UInt64>, sorted entries: [Entry]) {
        self.id = id
        self.facts = facts
        self.entries = entries
        pageCount = (entries.count + Self.pageEntries - 1) / Self.pageEntries
        var filter = KeyFilter(keyCount: entries.count)
        for entry in entries { filter.insert(entry.key) }
        self.filter = filter
    }

    init(_ stored: StoredKeyRun) throws(StoreError) {
        guard let filter = KeyFilter(bytes: stored.filter) else { throw .corrupt("the filter of key run \(stored.id)") }
        id = stored.id
        facts = stored.facts
        pageCount = stored.pageCount
        self.filter = filter
    }

    var count: Int { facts.count }

    /// Whether it waits to be merged with others; such a run stays in memory as well.
    var isSmall: Bool { count < Limits.keysInMemory * Limits.smallRuns / 2 }

    /// The facts with that key, oldest first.
    func find(_ key: UInt64, in store: any FactStore) throws(StoreError) -> [UInt64] {
        if let entries { return Self.find(key, in: entries) }
        guard pageCount > 0 else { return [] }
        // Keys are uniform, so the page is nearly known; then walk to the first that can hold it.
        var page = Int(key.multipliedFullWidth(by: UInt64(pageCount)).high)
        var entries = try self.page(page, in: store)
        while page > 0, let first = entries.first, first.key >= key {
            page -= 1
            entries = try self.page(page, in: store)
        }
        var found = Self.find(key, in: entries)
        while page + 1 < pageCount, let last = entries.last, last.key <= key {
            page += 1
            entries = try self.page(page, in: store)
            found += Self.find(key, in: entries)
        }
        return found
    }

    private static func find(_ key: UInt64, in entries: [Entry]) -> [UInt64] {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].key < key { low = middle + 1 } else { high = middle }
        }
        return entries[low...].prefix { $0.key == key }.map(\.index)
    }

    // MARK: Pages

    var stored: StoredKeyRun { StoredKeyRun(id: id, facts: facts, pageCount: pageCount, filter: filter.bytes) }

    /// Key and distance from the run's first fact, little endian.
    var pages: [[UInt8]] {
        let entries = entries ?? []
        return stride(from: 0, to: entries.count, by: Self.pageEntries).map { start in
            let slice = entries[start..<min(start + Self.pageEntries, entries.count)]
            return [UInt8](unsafeUninitializedCapacity: slice.count * Self.entryBytes) { buffer, count in
                let raw = UnsafeMutableRawBufferPointer(buffer)
                for entry in slice {
                    raw.storeBytes(of: entry.key.littleEndian, toByteOffset: count, as: UInt64.self)
                    let distance = UInt32(entry.index - facts.lowerBound)
                    raw.storeBytes(of: distance.littleEndian, toByteOffset: count + 8, as: UInt32.self)
                    count += Self.entryBytes
                }
            }
        }
    }

    /// All entries, from disk.
    func load(from store: any FactStore) throws(StoreError) -> [Entry] {
        var entries: [Entry] = []
        entries.reserveCapacity(count)
        for number in 0..<pageCount { entries += try page(number, in: store) }
        return entries
    }

    private func page(_ number: Int, in store: any FactStore) throws(StoreError) -> [Entry] {
        let bytes = try store.keyPage(run: id, page: number)
        guard bytes.count % Self.entryBytes == 0 else { throw .corrupt("page \(number) of key run \(id)") }
        return bytes.withUnsafeBytes { raw in
            stride(from: 0, to: bytes.count, by: Self.entryBytes).map { offset in
                Entry(
                    key: UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self)),
                    index: facts.lowerBound
                        + UInt64(UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: offset + 8, as: UInt32.self))))
            }
        }
    }
}
