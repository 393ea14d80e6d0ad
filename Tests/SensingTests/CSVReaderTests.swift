import Testing

@testable import Sensing

/// RFC 4180, and what files have instead.
@Suite struct CSVReaderTests {
    private enum Line: Equatable {
        case row(Int, [String])
        case refused(Int, String)
    }

    /// Reads in pieces of a given size, since every rule must hold across the pieces.
    private func lines(_ bytes: [UInt8], chunk: Int, delimiter: UInt8 = UInt8(ascii: ",")) throws -> [Line] {
        var reader = try CSVReader(source: .memory(bytes[...], chunk: chunk), delimiter: delimiter)
        var row = Row()
        var lines: [Line] = []
        while let outcome = try reader.next(into: &row) {
            switch outcome {
            case .row:
                let fields = row.ends.indices.map { String(decoding: row.bytes[row.range($0)], as: UTF8.self) }
                lines.append(.row(row.line, fields))
            case .refused(let line, _, let reason): lines.append(.refused(line, reason))
            }
        }
        return lines
    }

    private func check(_ text: String, _ expected: [Line]) throws {
        for chunk in [1, 2, 3, 5, 8, 4096] {
            #expect(try lines(Array(text.utf8), chunk: chunk) == expected, "chunk \(chunk)")
        }
    }

    @Test func plainRowsWithBothLineEnds() throws {
        try check("a,b\r\n1,2\n3,4", [.row(1, ["a", "b"]), .row(2, ["1", "2"]), .row(3, ["3", "4"])])
        try check("a,b\r\n", [.row(1, ["a", "b"])])
        try check("", [])
        try check("\n\r\n\n", [])
    }

    @Test func emptyFieldsAndBlankLines() throws {
        try check("a,,\n\n\r\n,,\n,", [.row(1, ["a", "", ""]), .row(4, ["", "", ""]), .row(5, ["", ""])])
        try check("\"\",x", [.row(1, ["", "x"])])
    }

    @Test func quotedFields() throws {
        try check(
            "\"a,b\",\"say \"\"hi\"\"\"\n\"two\r\nlines\",\"\"\"\"\nz,\"\"",
            [.row(1, ["a,b", "say \"hi\""]), .row(2, ["two\r\nlines", "\""]), .row(4, ["z", ""])])
    }

    @Test func byteOrderMark() throws {
        try check("\u{FEFF}a,b\n1,2", [.row(1, ["a", "b"]), .row(2, ["1", "2"])])
        try check("\u{FEFF}\"a\",b", [.row(1, ["a", "b"])])
        try check("\u{FEFF}", [])
    }

    @Test func otherDelimiters() throws {
        #expect(
            try lines(Array("a;b,c;\"d;e\"".utf8), chunk: 2, delimiter: UInt8(ascii: ";"))
                == [.row(1, ["a", "b,c", "d;e"])])
    }

    @Test func strayQuotesSpareTheNeighbours() throws {
        let inside = "a quote inside a field that does not begin with one"
        try check("a,b\nx\"y,2\n3,4", [.row(1, ["a", "b"]), .refused(2, inside), .row(3, ["3", "4"])])
        let after = "text after a closing quote"
        try check("a,b\n\"x\"y,2\n3,4", [.row(1, ["a", "b"]), .refused(2, after), .row(3, ["3", "4"])])
        // The stray quote runs to the next line's quote; that line must not be lost.
        try check(
            "a,b\n1,\"x\n2,\"y\"\n3,z",
            [.row(1, ["a", "b"]), .refused(2, after), .row(3, ["2", "y"]), .row(4, ["3", "z"])])
    }

    @Test func unclosedQuoteNamesItsLine() throws {
        let unclosed = "the quote opened on this line is never closed"
        try check(
            "a,b\n1,2\n3,\"x\n4,5\n6,7",
            [
                .row(1, ["a", "b"]), .row(2, ["1", "2"]), .refused(3, unclosed), .row(4, ["4", "5"]),
                .row(5, ["6", "7"]),
            ])
        try check("a,\"", [.refused(1, unclosed)])
    }

    @Test func carriageReturnAlone() throws {
        let reason = "a carriage return without a line feed"
        try check("a\rb,c\n1,2", [.refused(1, reason), .row(2, ["1", "2"])])
        try check("a,b\r", [.row(1, ["a", "b"])])
    }

    @Test func brokenUTF8RefusesTheRowOnly() throws {
        let bytes = Array("a,b\n".utf8) + [0xC3, UInt8(ascii: ","), 0xA9, 0x0A] + Array("1,é\n".utf8)
        for chunk in [1, 3, 4096] {
            // The two halves of one character in two fields are not one character.
            #expect(
                try lines(bytes, chunk: chunk) == [
                    .row(1, ["a", "b"]), .refused(2, "not UTF-8"), .row(3, ["1", "é"]),
                ])
        }
    }

    @Test func hugeFieldsAreRefusedAndLeftBehind() throws {
        let huge = String(repeating: "x", count: SensingLimits.fieldBytes + 10)
        let reason = "a field of more than \(SensingLimits.fieldBytes) bytes; is a quote unclosed?"
        for text in ["a\n\(huge),1\n2", "a\n\"\(huge)\",1\n2"] {
            #expect(
                try lines(Array(text.utf8), chunk: 65536) == [.row(1, ["a"]), .refused(2, reason), .row(3, ["2"])])
        }
        // An unclosed quote in a large file: its line is refused, the thousands after it are read.
        let rows = (0..<40_000).map { "\($0),abcdef" }.joined(separator: "\n")
        let found = try lines(Array("a,\"b\n\(rows)".utf8), chunk: 65536)
        #expect(found.first == .refused(1, reason))
        #expect(found.count == 40_001)
        #expect(found.last == .row(40_001, ["39999", "abcdef"]))
    }

    @Test func whatWasWrittenIsRead() throws {
        for seed in UInt64(1)...300 {
            var random = SeededGenerator(seed: seed)
            let alphabet = ["a", "é", "汉", ",", "\"", "\n", "\r\n", " ", "😀", "7"]
            let table = (0..<Int.random(in: 1...6, using: &random)).map { _ in
                ["k"]
                    + (0..<3).map { _ in
                        (0..<Int.random(in: 0...6, using: &random)).map { _ in
                            alphabet.randomElement(using: &random) ?? ""
                        }
                        .joined()
                    }
            }
            let end = Bool.random(using: &random) ? "\n" : "\r\n"
            let text = table.map { row in
                row.map { field in
                    let mustQuote = field.contains { ",\"\n\r\r\n".contains($0) } || field.utf8.contains(10)
                    guard mustQuote || Bool.random(using: &random) else { return field }
                    return "\"" + field.replacing("\"", with: "\"\"") + "\""
                }.joined(separator: ",")
            }.joined(separator: end)
            let read = try lines(Array(text.utf8), chunk: Int.random(in: 1...9, using: &random))
            let fields = read.map { if case .row(_, let fields) = $0 { fields } else { [String]() } }
            #expect(fields == table, "seed \(seed)")
        }
    }
}
