/// A file name pattern: `*` stands for any characters but `/`, `?` for one.
struct Glob: Sendable, Equatable {
    /// As written.
    let text: String

    /// - Throws: a sentence, for an absolute path, `..` or `**`.
    init(_ text: String) throws(MappingRule) {
        guard !text.hasPrefix("/"), !text.split(separator: "/").contains(".."), !text.contains("**") else {
            throw MappingRule("a file pattern is relative to the data folder, without .. and **")
        }
        self.text = text
    }

    /// Whether a path relative to the data folder matches.
    func matches(_ path: String) -> Bool {
        // The classic two-pointer match: on a mismatch, the last star takes one byte more.
        let pattern = Array(text.utf8)
        let name = Array(path.utf8)
        var p = 0
        var n = 0
        var star: (pattern: Int, name: Int)?
        while n < name.count {
            if p < pattern.count, pattern[p] == UInt8(ascii: "*") {
                star = (p, n)
                p += 1
            } else if p < pattern.count,
                pattern[p] == name[n] || (pattern[p] == UInt8(ascii: "?") && name[n] != UInt8(ascii: "/"))
            {
                p += 1
                n += 1
            } else if let last = star, name[last.name] != UInt8(ascii: "/") {
                star = (last.pattern, last.name + 1)
                p = last.pattern + 1
                n = last.name + 1
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
