public import Foundation

/// Reads files through one mapping and calls back for what it finds.
///
/// The pull side of it is ``FileImport``, for callers that must wait between batches.
public struct Importer: Sendable {
    /// The mapping used.
    public let mapping: Mapping

    /// An importer for one mapping.
    public init(mapping: Mapping) {
        self.mapping = mapping
    }

    /// Reads a whole file.
    /// - Parameters:
    ///   - file: the file, which should match the mapping's `files`; that is not checked here.
    ///   - onFact: receives each fact; what it throws ends the reading and is thrown on.
    ///   - onRefusal: receives each refused row or fact.
    ///   - onProgress: receives bytes read and size of the file, about once in a thousand rows.
    /// - Returns: what came of the file.
    /// - Throws: `ImportError`, or what `onFact` throws.
    public func read(
        file: URL,
        onFact: (MappedFact) throws -> Void,
        onRefusal: (RowRefusal) -> Void = { _ in },
        onProgress: (_ bytesRead: Int, _ totalBytes: Int) -> Void = { _, _ in }
    ) throws -> ImportReport {
        var reading = try FileImport(file: file, mapping: mapping)
        while let batch = try reading.next() {
            batch.refusals.forEach(onRefusal)
            try batch.facts.forEach(onFact)
            onProgress(reading.bytesRead, reading.totalBytes)
        }
        return reading.report
    }
}
