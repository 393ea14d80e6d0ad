import Foundation

/// One reader of bytes from outside, and what must hold for every input.
struct Target {
    typealias Examination = @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt

    /// As the command line names it.
    let name: String
    /// The longest input worth trying.
    let maximumLength: Int
    /// Reads the input and aborts if a promise is broken.
    let examine: Examination

    // C callbacks capture nothing, so each target has its own.
    static let all = [
        Target(name: "fact", maximumLength: 2048) { take($0, $1, FactTarget.examine) },
        Target(name: "schema", maximumLength: 2048) { take($0, $1, SchemaTarget.examine) },
        Target(name: "mapping", maximumLength: 4096) { take($0, $1, MappingTarget.examine) },
        Target(name: "note", maximumLength: 2048) { take($0, $1, LedgerTargets.note) },
        Target(name: "checkpoint", maximumLength: 512) { take($0, $1, LedgerTargets.checkpoint) },
        Target(name: "tile", maximumLength: 1024) { take($0, $1, LedgerTargets.tile) },
        Target(name: "batch", maximumLength: 4096) { take($0, $1, BatchTarget.examine) },
        Target(name: "jws", maximumLength: 2048) { take($0, $1, JWSTarget.examine) },
        Target(name: "snapshot", maximumLength: 4096) { take($0, $1, SnapshotTarget.examine) },
        Target(name: "proof", maximumLength: 4096) { take($0, $1, LedgerTargets.proof) },
        Target(name: "csv", maximumLength: 2048) { take($0, $1, CSVTarget.examine) },
    ]

    private static func take(_ data: UnsafePointer<UInt8>?, _ count: Int, _ examine: ([UInt8]) -> Void) -> CInt {
        examine(Array(UnsafeBufferPointer(start: data, count: count)))
        return 0
    }
}

/// Ends the run with a message when a promise is broken; libFuzzer keeps the input.
func demand(_ isKept: Bool, _ promise: @autoclosure () -> String) {
    if isKept { return }
    broken(promise())
}

/// Ends the run: a promise is broken.
func broken(_ promise: String) -> Never {
    FileHandle.standardError.write(Data("broken promise: \(promise)\n".utf8))
    abort()
}
