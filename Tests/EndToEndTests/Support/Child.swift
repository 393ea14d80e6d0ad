import Foundation
import Glibc
import Synchronization

/// A child process. What it writes goes to files, so that nothing has to be read while it runs; it inherits no socket of
/// this process, so that a connection closed here is closed.
final class Child: Sendable {
    enum Ending: Equatable, Sendable {
        case exit(Int32)
        case signal(Int32)
    }

    struct NotStarted: Error { let program: String, code: Int32 }
    struct StillRunning: Error { let seconds: Duration, output: String, errors: String }

    let processID: pid_t
    private let folder: Folder
    private let ending = Mutex<Ending?>(nil)

    /// How often it is asked whether a child did what is waited for.
    static let look = Duration.milliseconds(5)

    init(_ program: String, _ arguments: [String], environment: [String: String] = [:]) throws {
        folder = try Folder()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, folder.file("out"), O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, folder.file("err"), O_WRONLY | O_CREAT | O_APPEND, 0o600)
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? [] {
            if let file = Int32(name), file > 2 { posix_spawn_file_actions_addclose(&actions, file) }
        }
        let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        var id = pid_t()
        let code = Self.withPointers([program] + arguments) { words in
            Self.withPointers(variables.map { "\($0)=\($1)" }) { posix_spawnp(&id, program, &actions, nil, words, $0) }
        }
        guard code == 0 else { throw NotStarted(program: program, code: code) }
        processID = id
    }

    deinit {
        guard poll() == nil else { return }
        kill(processID, SIGKILL)
        var status: Int32 = 0
        waitpid(processID, &status, 0)
    }

    private static func withPointers<Result>(
        _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let pointers = texts.map { strdup($0) }
        defer { for pointer in pointers { free(pointer) } }
        return body(pointers + [nil])
    }

    /// What it wrote to standard output so far.
    var output: String { text(at: folder.file("out")) }
    /// What it wrote to standard error so far.
    var errors: String { text(at: folder.file("err")) }

    func send(_ signal: Int32) {
        // A process that has ended may have handed its number on.
        ending.withLock { if $0 == nil { kill(processID, signal) } }
    }

    /// How it ended; nil while it runs.
    func poll() -> Ending? {
        ending.withLock { ending in
            if let ending { return ending }
            var status: Int32 = 0
            guard waitpid(processID, &status, WNOHANG) == processID else { return nil }
            // WIFSIGNALED and WEXITSTATUS, which are macros.
            ending = status & 0x7F != 0 ? .signal(status & 0x7F) : .exit(status >> 8 & 0xFF)
            return ending
        }
    }

    /// Waits for its end.
    func end(within limit: Duration = .seconds(60)) async throws -> Ending {
        let last = ContinuousClock.now + limit
        while ContinuousClock.now < last {
            if let ending = poll() { return ending }
            try await Task.sleep(for: Self.look)
        }
        // On a busy machine the last sleep may have been the longest.
        if let ending = poll() { return ending }
        throw StillRunning(seconds: limit, output: output, errors: errors)
    }
}

/// What a command came to.
struct Ran: Sendable {
    let status: Int32
    let output: String
    let errors: String

    var all: String { output + errors }
}

/// Runs a program to its end; a signal counts as 128 and its number, as a shell has it.
func run(
    _ program: String, _ arguments: [String], environment: [String: String] = [:], within limit: Duration = .seconds(60)
) async throws -> Ran {
    let child = try Child(program, arguments, environment: environment)
    let status: Int32 =
        switch try await child.end(within: limit) {
        case .exit(let status): status
        case .signal(let signal): 128 + signal
        }
    return Ran(status: status, output: child.output, errors: child.errors)
}

/// Runs `jianghan`.
func jianghan(_ arguments: String..., within limit: Duration = .seconds(60)) async throws -> Ran {
    try await run(Place.program, arguments, within: limit)
}
