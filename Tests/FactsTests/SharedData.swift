import Foundation

/// Published vectors, which lie beside the repository and are not part of it.
enum SharedData {
    static let repository: URL = {
        var folder = URL(filePath: #filePath).deletingLastPathComponent()
        let files = FileManager.default
        while folder.path != "/", !files.fileExists(atPath: folder.appending(path: "Package.swift").path) {
            folder.deleteLastPathComponent()
        }
        return folder
    }()

    static func url(_ path: String) -> URL { repository.appending(path: "../shared/data/\(path)").standardized }

    /// Tests that need the vectors are skipped where they are absent; fixtures of our own cover the same behaviour.
    static func has(_ path: String) -> Bool { FileManager.default.fileExists(atPath: url(path).path) }
}
