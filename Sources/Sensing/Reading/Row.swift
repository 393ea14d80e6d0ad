/// One record as bytes: the fields one after the other, without delimiters and quotes.
struct Row {
    /// The contents of all fields, UTF-8.
    var bytes: [UInt8] = []
    /// Where each field ends in `bytes`.
    var ends: [Int] = []
    /// Line on which the record begins, from 1.
    var line = 1

    /// The place of a field in `bytes`.
    func range(_ field: Int) -> Range<Int> {
        (field == 0 ? 0 : ends[field - 1])..<ends[field]
    }

    /// Where the field being read begins.
    var openFieldStart: Int { ends.last ?? 0 }

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
    }

    mutating func endField() {
        ends.append(bytes.count)
    }

    /// The first field that is not UTF-8. Each field is checked by itself, since two broken ones can look whole together.
    func firstInvalidField() -> Int? {
        var bits: UInt8 = 0
        for byte in bytes { bits |= byte }
        guard bits >= 0x80 else { return nil }
        return ends.indices.first { field in
            (try? UTF8Span(validating: bytes.span.extracting(range(field)))) == nil
        }
    }
}
