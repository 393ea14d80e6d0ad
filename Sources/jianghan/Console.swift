import ArgumentParser
import Facts
import Foundation

/// What the command line writes: results to standard output, progress and errors to standard error.
enum Console {
    /// A line of the result.
    static func print(_ line: String) { write(line + "\n", to: .standardOutput) }

    /// Bytes of the result and a line's end.
    static func print(_ bytes: [UInt8]) { write(bytes + [0x0A], to: .standardOutput) }

    /// A line for the person who watches.
    static func note(_ line: String) { write(line + "\n", to: .standardError) }

    private static func write(_ text: String, to file: FileHandle) { write(Array(text.utf8), to: file) }

    private static func write(_ bytes: [UInt8], to file: FileHandle) {
        // A reader that has gone away (EPIPE) has seen enough.
        do { try file.write(contentsOf: Data(bytes)) } catch { Foundation.exit(0) }
    }

    /// Ends the command with an error that a person can act on.
    static func fail(_ message: String, code: Int32 = 1) -> ExitCode {
        note("jianghan: \(message)")
        return ExitCode(code)
    }
}

/// A line that is rewritten while long work goes on; silent where nobody watches.
struct Progress {
    private let label: String
    private let isShown = isatty(STDERR_FILENO) == 1
    private var lastShown = Date.distantPast
    private var wasShown = false

    init(_ label: String) { self.label = label }

    mutating func show(_ done: UInt64, of total: UInt64, _ unit: String = "facts") {
        guard isShown, Date().timeIntervalSince(lastShown) > 0.2 else { return }
        lastShown = Date()
        wasShown = true
        let percent = total == 0 ? 100 : done * 100 / total
        FileHandle.standardError.write(Data("\r\(label): \(done) of \(total) \(unit), \(percent) %\u{1B}[K".utf8))
    }

    mutating func end() {
        if wasShown { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
        wasShown = false
    }
}

extension JSONValue {
    /// An object from pairs in the order given.
    static func members(_ pairs: KeyValuePairs<String, JSONValue>) -> JSONValue {
        .object(pairs.map { Member($0.key, $0.value) })
    }
}
