/// What is to happen, soonest first; what is due at the same moment, in the order in which it was planned. A binary heap.
struct Agenda<Item> {
    fileprivate struct Entry {
        let dueMs: Int64
        let number: Int
        let item: Item

        func precedes(_ other: Entry) -> Bool {
            (dueMs, number) < (other.dueMs, other.number)
        }
    }

    private var entries: [Entry] = []
    private var planned = 0

    mutating func plan(_ item: Item, at dueMs: Int64) {
        entries.append(Entry(dueMs: dueMs, number: planned, item: item))
        planned += 1
        var child = entries.count - 1
        while child > 0, case let parent = (child - 1) / 2, entries[child].precedes(entries[parent]) {
            entries.swapAt(child, parent)
            child = parent
        }
    }

    mutating func next() -> (dueMs: Int64, item: Item)? {
        guard let first = entries.first, let last = entries.popLast() else { return nil }
        if !entries.isEmpty {
            entries[0] = last
            sink()
        }
        return (first.dueMs, first.item)
    }

    private mutating func sink() {
        var parent = 0
        while case let left = 2 * parent + 1, left < entries.count {
            let right = left + 1
            let child = right < entries.count && entries[right].precedes(entries[left]) ? right : left
            guard entries[child].precedes(entries[parent]) else { return }
            entries.swapAt(child, parent)
            parent = child
        }
    }
}

extension Agenda: Sendable where Item: Sendable {}
extension Agenda.Entry: Sendable where Item: Sendable {}
