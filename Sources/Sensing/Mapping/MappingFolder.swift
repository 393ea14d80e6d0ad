public import Foundation

/// A folder of mapping files (`*.yaml`, `*.yml`).
public enum MappingFolder {
    /// Reads and checks all mappings of a folder, sorted by file name.
    /// - Throws: `MappingError` for the first broken rule, with file, line and key.
    public static func load(_ directory: URL) throws(MappingError) -> [Mapping] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
        } catch {
            throw folderError(directory, "the folder cannot be read: \(error.localizedDescription)")
        }
        let files = names.filter { !$0.hasPrefix(".") && ($0.hasSuffix(".yaml") || $0.hasSuffix(".yml")) }.sorted()
        guard !files.isEmpty else { throw folderError(directory, "the folder has no mapping (*.yaml)") }

        var mappings: [Mapping] = []
        for file in files {
            guard let bytes = try? Data(contentsOf: directory.appendingPathComponent(file)),
                let text = String(validating: bytes, as: UTF8.self)
            else {
                throw MappingError(
                    file: file, line: nil, key: "", rule: "cannot be read, or is not UTF-8", suggestion: nil)
            }
            let mapping = try Mapping(yaml: text, file: file)
            if let other = mappings.first(where: { $0.name == mapping.name }) {
                throw MappingError(
                    file: file, line: nil, key: "mapping", rule: "\(other.file) has the same name", suggestion: nil)
            }
            mappings.append(mapping)
        }
        return mappings
    }

    private static func folderError(_ directory: URL, _ rule: String) -> MappingError {
        MappingError(file: directory.lastPathComponent, line: nil, key: "", rule: rule, suggestion: nil)
    }
}
