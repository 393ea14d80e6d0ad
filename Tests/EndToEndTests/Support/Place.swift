import Foundation

/// Where things lie: the repository, the program under test, and what lies beside the repository.
enum Place {
    /// The root of the repository, found from this file upwards.
    static let repository: URL? = {
        var folder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        while folder.path != "/" {
            folder.deleteLastPathComponent()
            if FileManager.default.fileExists(atPath: folder.appendingPathComponent("Package.swift").path) {
                return folder
            }
        }
        return nil
    }()

    /// A file or folder of the repository.
    static func inRepository(_ path: String) -> String { (repository?.path ?? ".") + "/" + path }

    /// A file or folder of `shared`, which lies beside the repository and is no part of it; nil without.
    static func shared(_ path: String) -> String? {
        guard let folder = repository?.deletingLastPathComponent() else { return nil }
        let file = folder.appendingPathComponent("shared/\(path)").path
        return FileManager.default.fileExists(atPath: file) ? file : nil
    }

    /// `jianghan`: named by JIANGHAN_BINARY, else the one that was built with these tests, else the release build.
    static let program: String = {
        if let named = ProcessInfo.processInfo.environment["JIANGHAN_BINARY"] { return named }
        let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        let places = [
            tests.deletingLastPathComponent().appendingPathComponent("jianghan").path,
            inRepository(".build/debug/jianghan"), inRepository(".build/release/jianghan"),
        ]
        return places.first { FileManager.default.isExecutableFile(atPath: $0) } ?? "jianghan"
    }()

    /// A program of this machine; nil if it has none.
    static func tool(_ name: String) -> String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
        return folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}

/// A folder of its own for one test, gone with the value.
final class Folder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("jianghan-e2e-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }

    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        try Data(text.utf8).write(to: URL(fileURLWithPath: file(name)))
        return file(name)
    }
}

/// What a file holds; empty if there is none.
func text(at path: String) -> String {
    String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
}
