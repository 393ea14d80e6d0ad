import Foundation
import Yams

extension Mapping {
    /// Reads and checks one mapping file.
    /// - Parameter file: its name, for errors.
    /// - Throws: `MappingError` for the first broken rule.
    public init(yaml: String, file: String) throws(MappingError) {
        func whole(_ rule: String, _ line: Int? = nil) -> MappingError {
            MappingError(file: file, line: line, key: "", rule: rule, suggestion: nil)
        }
        guard yaml.utf8.count <= SensingLimits.mappingBytes else {
            throw whole("larger than \(SensingLimits.mappingBytes) bytes")
        }
        let node: Node?
        do {
            node = try Yams.compose(yaml: yaml)
        } catch YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
            YamlError.composer(_, let problem, let mark, _)
        {
            throw whole("not YAML: \(problem)", mark.line)
        } catch YamlError.duplicatedKeysInMapping(let duplicates, let context) {
            throw whole("not YAML: \(duplicates.joined(separator: ", ")) occurs twice", context.mark.line)
        } catch {
            throw whole("not YAML: \(error)")
        }
        guard let node else { throw whole("the file is empty") }
        try self.init(MappingNode(node, file: file))
    }

    private init(_ root: MappingNode) throws(MappingError) {
        let fields = try root.fields(
            [
                "mapping", "title", "files", "format", "delimiter", "geometry", "source", "timezone", "order",
                "missing", "columns", "facts",
            ],
            required: ["mapping", "files", "format", "source", "timezone", "order", "columns", "facts"])
        // Never throws: `required` above proved these to be there.
        func field(_ key: String) throws(MappingError) -> MappingNode {
            guard let node = fields[key] else { throw root.error("the key \"\(key)\" is missing") }
            return node
        }

        name = try Self.name(try field("mapping"))
        title = try Self.title(fields["title"])
        file = root.file
        files = try Self.globs(try field("files"))
        let format = Format(rawValue: try field("format").word(of: Format.allCases.map(\.rawValue))) ?? .csv
        self.format = format
        delimiter = try Self.delimiter(fields["delimiter"], format)
        order = Order(rawValue: try field("order").word(of: Order.allCases.map(\.rawValue))) ?? .file
        anyGeometry = try Self.anyGeometry(fields["geometry"], format)
        source = try Self.source(try field("source"))
        timeZone = try Self.zone(try field("timezone"))

        var missing: [[UInt8]] = []
        if let node = fields["missing"] { missing = try node.texts().map { Array($0.utf8) } }
        var columns = try ColumnRule.read(try field("columns"), missing: missing, format: format)
        let names = columns.map(\.name)
        let nodes = try field("facts").list()
        var facts: [FactRule] = []
        for node in nodes {
            facts.append(try FactRule(node, columns: names, format: format))
        }
        try Self.markPrivate(&columns, facts, nodes)
        self.columns = columns
        self.facts = facts
    }

    private static func name(_ node: MappingNode) throws(MappingError) -> String {
        let name = try node.text()
        guard name.utf8.allSatisfy({ Identifier.isLower($0) || Identifier.isDigit($0) || $0 == UInt8(ascii: "-") })
        else { throw node.error("a name has small letters, digits and hyphens only") }
        return name
    }

    private static func title(_ node: MappingNode?) throws(MappingError) -> [String: String] {
        guard let node else { return [:] }
        var title: [String: String] = [:]
        for (language, text) in try node.fields(["zh", "en"]) { title[language] = try text.text() }
        return title
    }

    private static func globs(_ node: MappingNode) throws(MappingError) -> [Glob] {
        var globs: [Glob] = []
        for element in try node.list() {
            let text = try element.text()
            globs.append(try element.check { () throws(MappingRule) in try Glob(text) })
        }
        return globs
    }

    private static func delimiter(_ node: MappingNode?, _ format: Format) throws(MappingError) -> UInt8 {
        guard let node else { return UInt8(ascii: ",") }
        guard format == .csv else { throw node.error("only for format: csv") }
        let named = ["comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"]
        let text = try node.text()
        guard let byte = (named[text] ?? text).utf8.first, (named[text] ?? text).utf8.count == 1, byte < 0x80,
            ![0x22, 0x0A, 0x0D].contains(byte)
        else { throw node.error("one ASCII character, or comma, semicolon, tab, pipe") }
        return byte
    }

    private static func anyGeometry(_ node: MappingNode?, _ format: Format) throws(MappingError) -> Bool {
        guard let node else { return false }
        guard format == .geojson else { throw node.error("only for format: geojson") }
        return try node.word(of: ["point", "any"]) == "any"
    }

    private static func source(_ node: MappingNode) throws(MappingError) -> String {
        let source = try node.text()
        let parts = source.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 2, ["device", "person", "system", "rule"].contains(parts[0]),
            parts.allSatisfy({ !$0.isEmpty }), source.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { throw node.error("a source is device/…, person/…, system/… or rule/…, in ASCII without blanks") }
        guard source.utf8.count <= SensingLimits.nameBytes else {
            throw node.error("a source has at most \(SensingLimits.nameBytes) bytes")
        }
        return source
    }

    private static func zone(_ node: MappingNode) throws(MappingError) -> TimeZone {
        let name = try node.text()
        // Foundation also takes "GMT+8" and abbreviations such as "EST", which name no rules for summer time.
        let known = TimeZone.knownTimeZoneIdentifiers
        guard name == "UTC" || name.contains("/"), let zone = TimeZone(identifier: name) else {
            throw node.error(
                "\"\(name)\" is no IANA time zone, as Asia/Shanghai or UTC",
                suggestion: Suggestion.nearest(to: name, among: known))
        }
        return zone
    }

    /// Finds the personal columns: those under `private`, what they are cut from, and what is cut from them.
    private static func markPrivate(
        _ columns: inout [ColumnRule], _ facts: [FactRule], _ nodes: [MappingNode]
    ) throws(MappingError) {
        var personal = Set(facts.flatMap { $0.personal.flatMap(\.columns) })
        // A derived column stands after its base, so one pass up and one down reach all relatives.
        for index in columns.indices.reversed() where personal.contains(index) {
            if let base = columns[index].derivation?.column { personal.insert(base) }
        }
        for (rule, node) in zip(facts, nodes) {
            let open = rule.id.columns + rule.subject.columns + rule.data.flatMap(\.columns)
            if let column = open.first(where: personal.contains) {
                throw node.error(
                    "column \"\(columns[column].name)\" is under private, "
                        + "so \(rule.type) cannot show it in id, subject or data")
            }
        }
        for index in columns.indices {
            let base = columns[index].derivation?.column
            columns[index].isPrivate = personal.contains(index) || base.map { columns[$0].isPrivate } == true
        }
    }
}
