/// Why a file could not be read at all. Single bad rows are ``RowRefusal``s instead.
public struct ImportError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Name of the file, without its folder.
    public let file: String
    /// Line of the file, from 1, when the reason has a place.
    public let line: Int?
    /// What is wrong and how to remedy it, in English.
    public let reason: String

    /// `file:line: reason`, for a terminal.
    public var description: String {
        line.map { "\(file):\($0): \(reason)" } ?? "\(file): \(reason)"
    }
}
