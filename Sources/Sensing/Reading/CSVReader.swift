/// Reads CSV (RFC 4180) record by record in constant memory.
///
/// Strict where leniency would guess: a quote inside an unquoted field, text after a closing quote, a carriage return
/// without a line feed and bytes that are not UTF-8 refuse the record. A byte order mark is dropped, lines end with LF or
/// CRLF, blank lines are skipped. When a record that runs over several lines turns out to be malformed, its quote was
/// probably a stray one: only its first line is refused and reading goes on with the next line.
struct CSVReader {
    /// What `next` found.
    enum Outcome: Equatable {
        case row
        /// `field` counts from 0.
        case refused(line: Int, field: Int?, reason: String)
    }

    private enum State {
        case fieldStart, unquoted, quoted, closingQuote, carriageReturn
    }

    private struct Problem {
        let line: Int
        let field: Int?
        let reason: String
    }

    private static let quote = UInt8(ascii: "\"")
    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    private var source: ByteSource
    private let delimiter: UInt8
    private var chunk: [UInt8] = []
    private var position = 0
    private var line = 1
    /// Where the second line of the record begins in `chunk`, once a quoted field has run over a line end.
    private var secondLine: (position: Int, line: Int)?
    /// Bytes taken from the source.
    private(set) var bytesRead = 0

    /// Begins to read; drops a byte order mark.
    init(source: ByteSource, delimiter: UInt8 = UInt8(ascii: ",")) throws {
        self.source = source
        self.delimiter = delimiter
        while chunk.count < 3, try refill() {}
        if chunk.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    /// Whether the file begins with these bytes, three at most; only before the first record is read.
    func begins(with signature: [UInt8]) -> Bool { chunk.starts(with: signature) }

    /// Reads the next record into `row`; nil at the end. After a refusal the content of `row` means nothing.
    mutating func next(into row: inout Row) throws -> Outcome? {
        row.removeAll()
        row.line = line
        secondLine = nil
        let delimiter = delimiter
        var state = State.fieldStart
        var quoteLine = line
        var problem: Problem?

        while true {
            if position == chunk.count, try !refill() {
                if state == .fieldStart, row.ends.isEmpty, problem == nil { return nil }
                if state == .quoted {
                    return refuse(
                        Problem(
                            line: quoteLine, field: row.ends.count,
                            reason: "the quote opened on this line is never closed"))
                }
                return finish(&row, problem)
            }
            let byte = chunk[position]
            switch state {
            case .fieldStart:
                if byte == Self.quote {
                    state = .quoted
                    quoteLine = line
                    position += 1
                } else if byte == Self.lineFeed, row.ends.isEmpty {
                    skipLineFeed()
                    row.line = line
                } else {
                    state = .unquoted
                }
            case .unquoted:
                takeRun(into: &row, &problem) {
                    $0 != delimiter && $0 != Self.lineFeed && $0 != Self.carriageReturn && $0 != Self.quote
                }
                guard position < chunk.count else { continue }
                switch chunk[position] {
                case Self.quote:
                    note(&problem, row, "a quote inside a field that does not begin with one")
                    position += 1
                case let end:
                    if endsField(end, &row, &state) { return finish(&row, problem) }
                }
            case .quoted:
                takeRun(into: &row, &problem) { $0 != Self.quote && $0 != Self.lineFeed }
                if position < chunk.count {
                    if chunk[position] == Self.quote {
                        state = .closingQuote
                        position += 1
                    } else {
                        row.bytes.append(Self.lineFeed)
                        skipLineFeed()
                        if secondLine == nil { secondLine = (position, line) }
                    }
                }
                if let problem, secondLine != nil { return refuse(problem) }
            case .closingQuote:
                if byte == Self.quote {
                    row.bytes.append(byte)
                    position += 1
                    state = .quoted
                } else if endsField(byte, &row, &state) {
                    return finish(&row, problem)
                } else if state == .closingQuote {
                    note(&problem, row, "text after a closing quote", line: quoteLine)
                    if let problem, secondLine != nil { return refuse(problem) }
                    state = .unquoted
                }
            case .carriageReturn:
                if byte == Self.lineFeed {
                    skipLineFeed()
                    // A blank line of a CRLF file.
                    if row.ends.isEmpty, row.bytes.isEmpty, problem == nil {
                        row.line = line
                        state = .fieldStart
                    } else {
                        return finish(&row, problem)
                    }
                } else {
                    note(&problem, row, "a carriage return without a line feed")
                    state = .unquoted
                }
            }
        }
    }

    /// Handles a byte that may end a field. True when it ends the record as well.
    private mutating func endsField(_ byte: UInt8, _ row: inout Row, _ state: inout State) -> Bool {
        if byte == delimiter {
            row.endField()
            state = .fieldStart
            position += 1
        } else if byte == Self.carriageReturn {
            state = .carriageReturn
            position += 1
        } else if byte == Self.lineFeed {
            skipLineFeed()
            return true
        }
        return false
    }

    /// Takes bytes up to the end of the chunk or the first that does not belong; drops them once the record is refused.
    private mutating func takeRun(into row: inout Row, _ problem: inout Problem?, while belongs: (UInt8) -> Bool) {
        var end = position
        while end < chunk.count, belongs(chunk[end]) { end += 1 }
        if problem == nil {
            row.bytes.append(contentsOf: chunk[position..<end])
            if row.bytes.count - row.openFieldStart > SensingLimits.fieldBytes {
                note(&problem, row, "a field of more than \(SensingLimits.fieldBytes) bytes; is a quote unclosed?")
            } else if row.bytes.count > SensingLimits.rowBytes {
                note(&problem, row, "a row of more than \(SensingLimits.rowBytes) bytes; is a quote unclosed?")
            }
        }
        position = end
    }

    private mutating func skipLineFeed() {
        position += 1
        line += 1
    }

    private func note(_ problem: inout Problem?, _ row: Row, _ reason: String, line: Int? = nil) {
        guard problem == nil else { return }
        problem = Problem(line: line ?? row.line, field: row.ends.count, reason: reason)
    }

    private func finish(_ row: inout Row, _ problem: Problem?) -> Outcome {
        row.endField()
        if let problem {
            return .refused(line: problem.line, field: problem.field, reason: problem.reason)
        }
        if let field = row.firstInvalidField() {
            return .refused(line: row.line, field: field, reason: "not UTF-8")
        }
        return .row
    }

    /// Refuses a record for its quotes; the lines after its first one are read again.
    private mutating func refuse(_ problem: Problem) -> Outcome {
        if let secondLine {
            position = secondLine.position
            line = secondLine.line
        }
        return .refused(line: problem.line, field: problem.field, reason: problem.reason)
    }

    /// Appends the next bytes, keeping what may have to be read again. False at the end of the source.
    private mutating func refill() throws -> Bool {
        let more = try source.read()
        guard !more.isEmpty else { return false }
        bytesRead += more.count
        let keep = secondLine?.position ?? position
        if keep == chunk.count {
            chunk = more
        } else {
            chunk = Array(chunk[keep...]) + more
        }
        position -= keep
        if let second = secondLine { secondLine = (0, second.line) }
        return true
    }
}
