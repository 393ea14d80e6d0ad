extension ColumnRule {
    private static let keys = [
        "also", "from", "take", "pad", "required", "trim", "missing", "pattern", "values", "type", "minimum", "maximum",
    ]

    /// Reads the map of columns.
    /// - Parameter missing: markers of the whole mapping.
    static func read(
        _ node: MappingNode, missing: [[UInt8]], format: Mapping.Format
    ) throws(MappingError) -> [ColumnRule] {
        var rules: [ColumnRule] = []
        for (name, value) in try node.members() {
            guard !name.contains("{"), !name.contains("}") else {
                throw value.error("a column name with brackets cannot be used; write it under also")
            }
            rules.append(try ColumnRule(name, value, before: rules, missing: missing, format: format))
        }
        guard !rules.isEmpty else { throw node.error("names no columns") }
        var headings: Set<String> = []
        for heading in rules.flatMap(\.headings) where !headings.insert(heading).inserted {
            throw node.error("two columns claim the heading \"\(heading)\"")
        }
        return rules
    }

    private init(
        _ name: String, _ node: MappingNode, before: [ColumnRule], missing: [[UInt8]], format: Mapping.Format
    ) throws(MappingError) {
        let fields = try node.fields(Self.keys)
        self.name = name
        derivation = try Self.derivation(fields, before: before)
        headings = derivation == nil ? try [name] + (fields["also"]?.texts() ?? []) : []
        if derivation != nil, let also = fields["also"] { throw also.error("not together with from") }
        if format == .geojson {
            for heading in headings where heading != "geometry" && !heading.hasPrefix("properties.") {
                throw node.error(
                    "columns of GeoJSON are properties.NAME and geometry",
                    suggestion: "properties.\(heading)")
            }
        }
        required = try fields["required"]?.flag() ?? false
        trim = try fields["trim"]?.flag() ?? false
        self.missing = missing + (try fields["missing"]?.texts().map { Array($0.utf8) } ?? [])
        if let pattern = fields["pattern"] {
            let text = try pattern.text()
            self.pattern = try pattern.check { () throws(MappingRule) in try TextPattern(whole: text) }
        } else {
            pattern = nil
        }
        values = try fields["values"]?.texts().map { Array($0.utf8) }
        minimum = try fields["minimum"]?.number()
        maximum = try fields["maximum"]?.number()
        let type = try fields["type"]?.word(of: ["int", "double"])
        whole = type == "int"
        numeric = type != nil || minimum != nil || maximum != nil
        if let minimum, let maximum, minimum > maximum { throw node.error("minimum is above maximum") }
    }

    private static func derivation(
        _ fields: [String: MappingNode], before: [ColumnRule]
    ) throws(MappingError) -> Derivation? {
        guard let from = fields["from"] else {
            for key in ["take", "pad"] {
                if let node = fields[key] { throw node.error("only together with from") }
            }
            return nil
        }
        let base = try from.text()
        let names = before.map(\.name)
        guard let column = names.firstIndex(of: base) else {
            throw from.error(
                "no column \"\(base)\" above this one", suggestion: Suggestion.nearest(to: base, among: names))
        }
        var take: TextPattern?
        if let node = fields["take"] {
            let text = try node.text()
            take = try node.check { () throws(MappingRule) in try TextPattern(taking: text) }
        }
        var pad = 0
        if let node = fields["pad"] {
            guard let width = Numbers.int(Array(try node.text().utf8)[...]), (1...32).contains(width) else {
                throw node.error("a width from 1 to 32")
            }
            pad = Int(width)
        }
        return Derivation(column: column, take: take, pad: pad)
    }
}
