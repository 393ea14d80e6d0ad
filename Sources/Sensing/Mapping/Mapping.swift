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
