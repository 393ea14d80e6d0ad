/// Gives byte strings small numbers, so that the fold runs on integers.
///
/// Open addressing over the process's seeded hash: the order inside can never show, since the table is never iterated
/// by hash. Numbers are handed out in order of first sight; a removed number is given out again, last removed first,
/// which makes the numbering a function of the calls alone.
public struct SymbolTable: Sendable {
    private var slots: [Int32]
    private var names: [[UInt8]] = []
    private var freed: [Int32] = []
    private var used = 0

    private static let empty: Int32 = -1

    /// An empty table.
    public init() {
        slots = Array(repeating: Self.empty, count: 64)
    }

    /// How many strings are in the table.
    public var count: Int { used }

    /// The string behind a number that the table gave out.
    public func name(_ symbol: Int) -> [UInt8] { names[symbol] }

    /// The number of a string, or nil if it has none.
    public func find(_ name: UnsafeRawBufferPointer) -> Int? {
        var slot = home(name)
        while slots[slot] != Self.empty {
            if matches(slots[slot], name) { return Int(slots[slot]) }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    /// The number of a string, or nil if it has none.
    public func find(_ name: some Sequence<UInt8>) -> Int? { Array(name).withUnsafeBytes { find($0) } }

    /// The number of a string, a new one if it has none.
    public mutating func intern(_ name: UnsafeRawBufferPointer) -> Int {
        if let known = find(name) { return known }
        if (used + 1) * 2 > slots.count { grow() }
        let symbol: Int32
        if let freed = freed.popLast() {
            symbol = freed
            names[Int(symbol)] = Array(name)
        } else {
            symbol = Int32(names.count)
            names.append(Array(name))
        }
        place(symbol, name)
        used += 1
        return Int(symbol)
    }

    /// Takes a string out; its number may be given to another.
    public mutating func remove(_ symbol: Int) {
        var hole = names[symbol].withUnsafeBytes { home($0) }
        while slots[hole] != Int32(symbol) { hole = (hole + 1) & (slots.count - 1) }
        // Backward shift: pull later members of the run over the hole, so that no tombstones are needed.
        var next = (hole + 1) & (slots.count - 1)
        while slots[next] != Self.empty {
            let wanted = names[Int(slots[next])].withUnsafeBytes { home($0) }
            if (next &- wanted) & (slots.count - 1) >= (next &- hole) & (slots.count - 1) {
                slots[hole] = slots[next]
                hole = next
            }
            next = (next + 1) & (slots.count - 1)
        }
        slots[hole] = Self.empty
        names[symbol] = []
        freed.append(Int32(symbol))
        used -= 1
    }

    private func matches(_ symbol: Int32, _ name: UnsafeRawBufferPointer) -> Bool {
        names[Int(symbol)].withUnsafeBytes { known in
            known.count == name.count && zip(known, name).allSatisfy(==)
        }
    }

    private func home(_ name: UnsafeRawBufferPointer) -> Int {
        var hasher = Hasher()
        hasher.combine(bytes: name)
        return hasher.finalize() & (slots.count - 1)
    }

    private mutating func place(_ symbol: Int32, _ name: UnsafeRawBufferPointer) {
        var slot = home(name)
        while slots[slot] != Self.empty { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = symbol
    }

    private mutating func grow() {
        let members = slots.filter { $0 != Self.empty }
        slots = Array(repeating: Self.empty, count: slots.count * 2)
        for symbol in members { names[Int(symbol)].withUnsafeBytes { place(symbol, $0) } }
    }
}
