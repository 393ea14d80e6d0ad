/// Remembers the facts of `once` rules: their ids and what they said.
///
/// Ids are kept as 128-bit digests of a keyed hash, 40 bytes a fact whatever their length; two different ids meet with a
/// chance of 10^-24 among 10 million.
struct OnceTable {
    /// What is known of a fact.
    enum Answer: Equatable {
        case new
        case same
        /// An earlier row, at this line, gave other bytes.
        case different(line: Int)
    }

    private struct Digest: Hashable {
        let high: Int
        let low: Int
    }

    private struct Entry {
        let content: Int
        let line: Int
    }

    private var entries: [Digest: Entry] = [:]

    mutating func add(id: [UInt8], json: [UInt8], line: Int) -> Answer {
        let digest = Digest(high: Self.hash(id, 1), low: Self.hash(id, 2))
        let content = Self.hash(json, 3)
        if let known = entries[digest] { return known.content == content ? .same : .different(line: known.line) }
        entries[digest] = Entry(content: content, line: line)
        return .new
    }

    private static func hash(_ bytes: [UInt8], _ domain: UInt8) -> Int {
        var hasher = Hasher()
        hasher.combine(domain)
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
        return hasher.finalize()
    }
}
