/// A row, or one fact of a row, that was not taken, and why.
///
/// `reason` never repeats the value of a column that the mapping uses under `private`.
public struct RowRefusal: Sendable, Equatable, CustomStringConvertible {
    /// Name of the file, without its folder.
    public let file: String
    /// Line of the file on which the row begins (for an unclosed quote: the line where it opened), from 1.
    public let line: Int
    /// The column at fault as the mapping names it, when one is.
    public let column: String?
    /// Type of the only fact refused; nil when the whole row was.
    public let type: String?
    /// What is wrong, in English.
    public let reason: String

    /// `file:line: column: reason (type)`, for a terminal.
    public var description: String {
        let place = column.map { "\(file):\(line): \($0): " } ?? "\(file):\(line): "
        return place + reason + (type.map { " (\($0))" } ?? "")
    }
}
