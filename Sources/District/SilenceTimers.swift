/// Which source falls silent next: a heap that is put right only where it shows.
///
/// A fact moves its source's time later, and there are a hundred thousand facts for one silence; so an entry is left
/// where it stands until it comes to the top, and is moved then. Derived from the register, never part of the state.
struct SilenceTimers: Sendable {
    private var heap: [(due: Int64, number: Int)] = []
    private var isPresent: [Bool] = []

    /// The earliest; exact after `settle`.
    var first: (number: Int, due: Int64)? { heap.first.map { ($0.number, $0.due) } }

    mutating func insert(_ number: Int, due: Int64) {
        while isPresent.count <= number { isPresent.append(false) }
        if isPresent[number] {
            // A source registered anew may have a shorter time than the entry that it left; only then does one move nearer.
            guard let place = heap.firstIndex(where: { $0.number == number }), due < heap[place].due else { return }
            heap[place].due = due
            rise(from: place)
        } else {
            isPresent[number] = true
            heap.append((due, number))
            rise(from: heap.count - 1)
        }
    }

    private mutating func rise(from place: Int) {
        var child = place
        while child > 0, heap[child] < heap[(child - 1) / 2] {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// Makes the top true: entries whose time moved sink, entries that have none any more go.
    mutating func settle(due: (Int) -> Int64?) {
        while let top = heap.first {
            guard let time = due(top.number) else {
                isPresent[top.number] = false
                let last = heap.removeLast()
                if !heap.isEmpty {
                    heap[0] = last
                    sink()
                }
                continue
            }
            guard time != top.due else { return }
            heap[0].due = time
            sink()
        }
    }

    private mutating func sink() {
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child] < heap[least] {
                least = child
            }
            guard least != parent else { return }
            heap.swapAt(least, parent)
            parent = least
        }
    }
}
