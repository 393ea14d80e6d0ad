import Foundation

/// Data and tools that lie beside the repository and are not part of it; tests that need them skip without.
enum SharedData {
    /// The folder `shared` next to the repository's root, found from this file upwards.
    static let folder: URL? = {
        var folder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        while folder.path != "/" {
            folder.deleteLastPathComponent()
            let manifest = folder.appendingPathComponent("Package.swift")
            let shared = folder.deletingLastPathComponent().appendingPathComponent("shared")
            if FileManager.default.fileExists(atPath: manifest.path),
                FileManager.default.fileExists(atPath: shared.path)
            {
                return shared
            }
        }
        return nil
    }()

    static func path(_ relative: String) -> URL? {
        guard let url = folder?.appendingPathComponent(relative), FileManager.default.fileExists(atPath: url.path)
        else { return nil }
        return url
    }

    static var hasMerkleVectors: Bool { path("data/merkle/inclusion") != nil }

    /// The files of a folder of vectors, at any depth.
    static func vectors(_ name: String) -> [URL] {
        guard let folder = path("data/merkle/" + name),
            let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        else { return [] }
        return files.compactMap { $0 as? URL }.filter { $0.pathExtension == "json" }.sorted { $0.path < $1.path }
    }
}
