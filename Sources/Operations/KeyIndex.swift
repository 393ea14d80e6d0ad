import Storage

/// Answers "seen before?" for any age of a repeated fact, without a growing random B-tree.
///
/// The keys of the last facts are in a flat table in memory. When it is full, they become a sorted run, written with the
/// next commit; eight small runs become one of a million keys. A lookup asks the table and each run's filter (1.5 bytes
/// a fact, one cache line each); only where a filter says "maybe" a page is read. An LSM tree (O'Neil et al. 1996) with
/// the merge of two levels and no more, since a filter miss is cheaper than rewriting. A key names a candidate; the
/// caller compares the fact itself, so the answer is exact.
struct KeyIndex: Sendable {
    private var table = KeyTable()
    private var runs: [KeyRun] = []
    private var nextRun: Int64 = 1
    /// The facts whose keys are in runs; the table has those from here on.
    private(set) var covered: UInt64 = 0

    init() {}

    init(runs stored: [StoredKeyRun], store: any FactStore) throws(StoreError) {
        for stored in stored {
            var run = try KeyRun(stored)
            guard run.facts.lowerBound == covered else { throw .corrupt("key run \(run.id) does not follow the last") }
            if run.isSmall { run.entries = try run.load(from: store) }
            covered = run.facts.upperBound
            nextRun = max(nextRun, run.id + 1)
            runs.append(run)
        }
    }

    /// The facts that have that key, newest spans first.
    func find(_ key: UInt64, in store: any FactStore) throws(StoreError) -> [UInt64] {
        var found = table.find(key)
        for run in runs.reversed() where run.filter.mayContain(key) {
            found += try run.find(key, in: store)
        }
        return found
    }

    mutating func insert(_ key: UInt64, index: UInt64) {
        table.insert(key, index: index)
    }

    /// Lets go of the entries of large runs that can be read from disk now.
    mutating func noteCommitted(_ size: UInt64) {
        for number in runs.indices where !runs[number].isSmall && runs[number].facts.upperBound <= size {
            runs[number].entries = nil
        }
    }

    /// What the next commit must write: a run when the table is full, and what it replaces.
    mutating func flushIfFull(upTo size: UInt64) -> (run: KeyRun, replaced: [Int64])? {
        guard table.count >= Limits.keysInMemory else { return nil }
        var entries = table.drain()
        entries.sort()
        let small = runs.suffix(while: \.isSmall)
        var replaced: [Int64] = []
        var first = covered
        if small.count == Limits.smallRuns - 1 {
            replaced = small.map(\.id)
            first = small.first?.facts.lowerBound ?? first
            entries = KeyRun.merged(small.compactMap(\.entries) + [entries])
            runs.removeLast(small.count)
        }
        let run = KeyRun(id: nextRun, facts: first..<size, sorted: entries)
        nextRun += 1
        runs.append(run)
        covered = size
        return (run, replaced)
    }
}

extension KeyRun {
    /// Several sorted lists as one, two at a time.
    static func merged(_ lists: [[Entry]]) -> [Entry] {
        guard lists.count > 1 else { return lists.first ?? [] }
        let left = merged(Array(lists[..<(lists.count / 2)]))
        let right = merged(Array(lists[(lists.count / 2)...]))
        var result: [Entry] = []
        result.reserveCapacity(left.count + right.count)
        var (i, j) = (0, 0)
        while i < left.count, j < right.count {
            if left[i] < right[j] {
                result.append(left[i])
                i += 1
            } else {
                result.append(right[j])
                j += 1
            }
        }
        result += left[i...]
        result += right[j...]
        return result
    }
}

extension Array {
    /// The longest end of the array whose elements all satisfy a condition.
    fileprivate func suffix(while condition: (Element) -> Bool) -> ArraySlice<Element> {
        var start = endIndex
        while start > startIndex, condition(self[start - 1]) { start -= 1 }
        return self[start...]
    }
}

/// Keys and indices in one flat array, open addressing; the keys are hashes already.
private struct KeyTable: Sendable {
    private var slots: [KeyRun.Entry]
    private(set) var count = 0

    /// Marks an empty slot; no log gets that long.
    private static let empty = KeyRun.Entry(key: 0, index: .max)

    init() {
        slots = Array(repeating: Self.empty, count: 1 << 12)
    }

    func find(_ key: UInt64) -> [UInt64] {
        var found: [UInt64] = []
        var slot = home(key)
        while slots[slot].index != .max {
            if slots[slot].key == key { found.append(slots[slot].index) }
            slot = (slot + 1) & (slots.count - 1)
        }
        return found
    }

    mutating func insert(_ key: UInt64, index: UInt64) {
        if (count + 1) * 2 > slots.count {
            let entries = slots.filter { $0.index != .max }
            slots = Array(repeating: Self.empty, count: slots.count * 2)
            for entry in entries { place(entry) }
        }
        place(KeyRun.Entry(key: key, index: index))
        count += 1
    }

    mutating func drain() -> [KeyRun.Entry] {
        let entries = slots.filter { $0.index != .max }
        slots = Array(repeating: Self.empty, count: slots.count)
        count = 0
        return entries
    }

    private func home(_ key: UInt64) -> Int { Int(truncatingIfNeeded: key) & (slots.count - 1) }

    private mutating func place(_ entry: KeyRun.Entry) {
        var slot = home(entry.key)
        while slots[slot].index != .max { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = entry
    }
}
