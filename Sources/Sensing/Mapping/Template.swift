/// A text with columns in it: `call/{Call Number}`.
struct Template: Sendable, Equatable {
    enum Piece: Sendable, Equatable {
        case literal([UInt8])
        /// Index into the mapping's columns.
        case column(Int)
    }

    let pieces: [Piece]

    /// - Parameter columns: names of the mapping's columns.
    init(_ text: String, columns: [String]) throws(MappingRule) {
        var pieces: [Piece] = []
        var rest = text[...]
        while let open = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
            guard rest[open] == "{", let close = rest[open...].firstIndex(of: "}") else {
                throw MappingRule("template has an unmatched bracket; columns are written {Column Name}")
            }
            if open > rest.startIndex { pieces.append(.literal(Array(rest[..<open].utf8))) }
            let name = String(rest[rest.index(after: open)..<close])
            guard let column = columns.firstIndex(of: name) else {
                throw MappingRule.unknownColumn(name, columns: columns)
            }
            pieces.append(.column(column))
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty { pieces.append(.literal(Array(rest.utf8))) }
        self.pieces = pieces
    }

    /// Columns used.
    var columns: [Int] {
        pieces.compactMap { if case .column(let index) = $0 { index } else { nil } }
    }
}

extension MappingRule {
    static func unknownColumn(_ name: String, columns: [String]) -> MappingRule {
        MappingRule(
            "no column \"\(name)\" under columns",
            suggestion: Suggestion.nearest(to: name, among: columns))
    }
}
