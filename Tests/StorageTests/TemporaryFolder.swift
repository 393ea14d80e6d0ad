import Foundation

/// A folder of one test's own, removed with the value.
final class TemporaryFolder: Sendable {
    let path: String

    /// - Parameter inMemory: on a file system in memory where there is one; for tests that lose writes by themselves
    ///   and would only wait for the real disk's syncs.
    init(inMemory: Bool = false) throws {
        let memory = "/dev/shm"
        let isMemoryThere = inMemory && FileManager.default.isWritableFile(atPath: memory)
        let root = isMemoryThere ? memory : NSTemporaryDirectory()
        path = (root as NSString).appendingPathComponent("jianghan-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }
}
