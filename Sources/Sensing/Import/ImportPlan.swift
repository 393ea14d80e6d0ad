public import Foundation

/// Which files of a data folder are read through which mappings.
public struct ImportPlan: Sendable {
    /// One file to be read through one mapping.
    public struct Job: Sendable {
        /// The file.
        public let file: URL
        /// Its path relative to the data folder.
        public let path: String
        /// The mapping to read it through.
        public let mapping: Mapping
    }

    /// What to read, by path and mapping name.
    public let jobs: [Job]
    /// Files whose names are meant by a mapping but whose columns fit none.
    public let refused: [ImportError]
    /// Mappings for which there is no file, by name.
    public let unused: [String]

    /// Looks through a folder (or at a single file).
    ///
    /// A file is read by every mapping whose `files` match its path and whose columns it has. A pattern without `/`
    /// means the folder itself, not the folders below. Hidden files are left out, symbolic links to folders not followed.
    /// - Throws: `ImportError` when the folder cannot be read.
    public init(data: URL, mappings: [Mapping]) throws(ImportError) {
        var jobs: [Job] = []
        var refused: [ImportError] = []
        for (path, url) in try Self.files(data) {
            let meant = mappings.filter { $0.matches(path: path) }
            var errors: [ImportError] = []
            var fitting: [Job] = []
            for mapping in meant {
                do {
                    _ = try FileImport(file: url, mapping: mapping)
                    fitting.append(Job(file: url, path: path, mapping: mapping))
                } catch {
                    errors.append(error)
                }
            }
            jobs += fitting
            if fitting.isEmpty { refused += errors }
        }
        self.jobs = jobs
        self.refused = refused
        let used = Set(jobs.map(\.mapping.name))
        unused = mappings.map(\.name).filter { !used.contains($0) }
    }

    private static func files(_ data: URL) throws(ImportError) -> [(path: String, url: URL)] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: data.path, isDirectory: &isFolder) else {
            throw ImportError(file: data.lastPathComponent, line: nil, reason: "there is no such file or folder")
        }
        guard isFolder.boolValue else { return [(data.lastPathComponent, data)] }
        var found: [(path: String, url: URL)] = []
        try collect(data, "", depth: 0, into: &found)
        return found.sorted { $0.path < $1.path }
    }

    private static func collect(
        _ folder: URL, _ prefix: String, depth: Int, into found: inout [(path: String, url: URL)]
    ) throws(ImportError) {
        guard depth < SensingLimits.folderDepth else { return }
        do {
            for name in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
            where !name.hasPrefix(".") {
                let url = folder.appendingPathComponent(name)
                let values = try url.resourceValues(forKeys: [.isDirectoryKey, .isSymbolicLinkKey])
                if values.isDirectory == true, values.isSymbolicLink != true {
                    try collect(url, prefix + name + "/", depth: depth + 1, into: &found)
                } else {
                    found.append((prefix + name, url))
                }
            }
        } catch let error as ImportError {
            throw error
        } catch {
            throw ImportError(
                file: folder.lastPathComponent, line: nil, reason: "cannot be read: \(error.localizedDescription)")
        }
    }
}
