/// One column: where it stands in a file and what its values must be.
struct ColumnRule: Sendable {
    /// A value cut out of another column's.
    struct Derivation: Sendable {
        /// Index of the other column, which stands before this one.
        let column: Int
        /// What to take; nil takes all.
        let take: TextPattern?
        /// Width to which zeros are put before the value.
        let pad: Int
    }

    let name: String
    /// The name in the header, and others that files of another age use.
    let headings: [String]
    let derivation: Derivation?
    let required: Bool
    let trim: Bool
    /// Texts that mean that there is no value. The empty text always does.
    let missing: [[UInt8]]
    let pattern: TextPattern?
    let values: [[UInt8]]?
    let whole: Bool
    let numeric: Bool
    let minimum: Double?
    let maximum: Double?
    /// Personal data: its values never appear in reasons.
    var isPrivate = false
}
