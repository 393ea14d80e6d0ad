import Foundation

/// How the rows of certain files become facts. Data, not code: loaded from YAML by ``MappingFolder``, checked whole.
public struct Mapping: Sendable {
    /// What a file is.
    public enum Format: String, Sendable, CaseIterable {
        /// Comma-separated values, RFC 4180, UTF-8, with a header row.
        case csv
        /// A GeoJSON FeatureCollection, RFC 7946.
        case geojson
    }

    /// In which order the facts of one file are given.
    public enum Order: String, Sendable, CaseIterable {
        /// As the rows stand, in constant memory.
        case file
        /// By time; facts of the same time as the rows stand. The facts of a file are held in memory.
        case time
    }

    /// Name of the mapping, unique in its folder.
    public let name: String
    /// Title by language code (`zh`, `en`).
    public let title: [String: String]
    /// Name of the file the mapping was read from.
    public let file: String
    /// What the files are.
    public let format: Format
    /// The order of facts.
    public let order: Order
    /// The `source` of all facts.
    public let source: String
    /// IANA name of the zone of local times.
    public var timeZoneName: String { timeZone.identifier }
    /// The types of facts that can come out, in the order of the rules.
    public var factTypes: [String] {
        facts.reduce(into: []) { types, rule in if !types.contains(rule.type) { types.append(rule.type) } }
    }

    let files: [Glob]
    let delimiter: UInt8
    let timeZone: TimeZone
    /// Whether features without a point are rows like others.
    let anyGeometry: Bool
    let columns: [ColumnRule]
    let facts: [FactRule]

    /// Whether a file of the data folder is meant.
    /// - Parameter path: relative to the data folder, with `/` between folders.
    public func matches(path: String) -> Bool {
        files.contains { $0.matches(path) }
    }
}

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

/// One fact that a row can become.
struct FactRule: Sendable {
    enum When: Sendable {
        case fixed(milliseconds: Int)
        case column(Int, [TimePattern])
    }

    enum Condition: Sendable {
        case present(Int, Bool)
        case equals(Int, [[UInt8]])
        case not(Int, [[UInt8]])
    }

    let type: String
    let id: Template
    let subject: Template
    let time: When
    let conditions: [Condition]
    /// Whether several rows may give this fact.
    let once: Bool
    let data: [FieldRule]
    let personal: [FieldRule]
}

/// One member of a fact's data.
struct FieldRule: Sendable {
    enum Kind: Sendable {
        case string, int, double, bool
        case time([TimePattern])
        case point([Point.Form])
    }

    enum Origin: Sendable {
        /// JSON text that is the same in every fact.
        case constant([UInt8])
        case column(Int)
        case pair(lon: Int, lat: Int)
        /// A string with columns in it.
        case template(Template)
    }

    /// `"name":`, ready to write.
    let label: [UInt8]
    let origin: Origin
    let kind: Kind
    let unit: UnitConversion?
    /// What the file's value stands for.
    let lookup: [[UInt8]: [UInt8]]?
    /// For values that are not in the lookup table.
    let otherwise: [UInt8]?
    let optional: Bool

    /// Columns used.
    var columns: [Int] {
        switch origin {
        case .constant: []
        case .column(let index): [index]
        case .pair(let lon, let lat): [lon, lat]
        case .template(let template): template.columns
        }
    }
}
