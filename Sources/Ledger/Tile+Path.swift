extension Tile {
    /// Path of the tile under the log's prefix: `tile/0/x001/x234/067`, with `.p/12` behind it for a partial tile.
    public var path: String { "tile/\(level)/" + place }

    /// Path of the entry bundle beside a level-0 tile: `tile/entries/x001/x234/067`, with `.p/12` for a partial one.
    public var entriesPath: String { "tile/entries/" + place }

    private var place: String {
        var groups: [String] = []
        var rest = index
        repeat {
            let group = String(rest % 1000)
            let padded = String(repeating: "0", count: 3 - group.utf8.count) + group
            groups.append(groups.isEmpty ? padded : "x" + padded)
            rest /= 1000
        } while rest > 0
        return groups.reversed().joined(separator: "/") + (isFull ? "" : ".p/\(width)")
    }

    /// Reads a tile's path as tlog-tiles spells it; nil for any other spelling of the same tile and for anything else.
    public init?(path: some StringProtocol) {
        var parts = Tile.pathParts(path)
        guard parts.count >= 3, parts[0] == "tile",
            let level = Decimal.parse(parts[1].utf8), level <= UInt64(Tile.maximumLevel)
        else { return nil }
        parts.removeFirst(2)
        self.init(level: Int(level), place: parts)
    }

    /// Reads an entry bundle's path into its level-0 tile; nil for any other spelling and for anything else.
    public init?(entriesPath: some StringProtocol) {
        var parts = Tile.pathParts(entriesPath)
        guard parts.count >= 3, parts[0] == "tile", parts[1] == "entries" else { return nil }
        parts.removeFirst(2)
        self.init(level: 0, place: parts)
    }

    private static func pathParts(_ path: some StringProtocol) -> [String] {
        path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
    }

    // `place` is the index in groups, the last one perhaps with ".p" and followed by the width.
    private init?(level: Int, place: [String]) {
        var groups = place.map { Array($0.utf8) }
        var width = Tile.fullWidth
        if groups.count >= 2, groups[groups.count - 2].suffix(2) == [UInt8(ascii: "."), UInt8(ascii: "p")] {
            guard let partial = Decimal.parse(groups.removeLast()), (1..<UInt64(Tile.fullWidth)).contains(partial)
            else { return nil }
            width = Int(partial)
            groups[groups.count - 1].removeLast(2)
        }
        var index: UInt64 = 0
        for (at, var group) in groups.enumerated() {
            if at < groups.count - 1 {
                guard group.first == UInt8(ascii: "x") else { return nil }
                group.removeFirst()
                // A leading group of zeros would be a second spelling of the same index.
                if at == 0, group.allSatisfy({ $0 == UInt8(ascii: "0") }) { return nil }
            }
            guard group.count == 3 else { return nil }
            for digit in group {
                guard Decimal.isDigit(digit) else { return nil }
                let (shifted, tooLarge) = index.multipliedReportingOverflow(by: 10)
                let (sum, overflow) = shifted.addingReportingOverflow(UInt64(digit - UInt8(ascii: "0")))
                guard !tooLarge, !overflow else { return nil }
                index = sum
            }
        }
        guard !groups.isEmpty else { return nil }
        self.init(level: level, index: index, width: width)
    }
}
