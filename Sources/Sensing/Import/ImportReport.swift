/// What came of one file.
public struct ImportReport: Sendable, Equatable {
    /// Rows (CSV records without the header, or GeoJSON features), refused ones included; blank lines are not rows.
    public internal(set) var rows = 0
    /// Facts made, by type.
    public internal(set) var facts: [String: Int] = [:]
    /// Refusals made: whole rows and single facts.
    public internal(set) var refusals = 0
    /// Facts of a `once` rule that an earlier row had already made, with the same bytes.
    public internal(set) var repeated = 0
    /// Local times that exist twice, when clocks are put back; the first was taken.
    public internal(set) var ambiguousTimes = 0
    /// Line of the first such time.
    public internal(set) var firstAmbiguousLine: Int?

    /// An empty report.
    public init() {}

    /// All facts made.
    public var total: Int { facts.values.reduce(0, +) }
}
