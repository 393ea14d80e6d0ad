extension FactRule {
    /// Reads one element of `facts`.
    /// - Parameter columns: names of the mapping's columns.
    init(_ node: MappingNode, columns: [String], format: Mapping.Format) throws(MappingError) {
        let fields = try node.fields(
            ["type", "id", "subject", "time", "when", "once", "data", "private"],
            required: ["type", "id", "subject", "time"])
        func field(_ key: String) throws(MappingError) -> MappingNode {
            guard let field = fields[key] else { throw node.error("the key \"\(key)\" is missing") }
            return field
        }
        let typeNode = try field("type")
        type = try typeNode.text()
        guard Identifier.isDotted(type, parts: 2) else {
            throw typeNode.error("a fact type is dotted words, as call.received or unit.atHospital")
        }
        id = try Self.template(try field("id"), columns)
        let subjectNode = try field("subject")
        subject = try Self.template(subjectNode, columns)
        guard case .literal(let kind)? = subject.pieces.first, let slash = kind.firstIndex(of: UInt8(ascii: "/")),
            slash > 0, kind[..<slash].allSatisfy({ Identifier.isLetter($0) || $0 == UInt8(ascii: "-") })
        else { throw subjectNode.error("a subject begins with its kind, as call/{Call Number}") }
        time = try Self.when(try field("time"), columns)
        conditions = try Self.conditions(fields["when"], columns)
        once = try fields["once"]?.flag() ?? false
        guard once || !id.columns.isEmpty else {
            throw try field("id").error("the id has no column, so that all rows would give the same one")
        }
        data = try FieldRule.read(fields["data"], columns: columns, format: format)
        personal = try FieldRule.read(fields["private"], columns: columns, format: format)
    }

    private static func template(_ node: MappingNode, _ columns: [String]) throws(MappingError) -> Template {
        let text = try node.text()
        guard !text.unicodeScalars.contains(where: { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }) else {
            throw node.error("has a control character")
        }
        return try node.check { () throws(MappingRule) in try Template(text, columns: columns) }
    }

    private static func when(_ node: MappingNode, _ columns: [String]) throws(MappingError) -> When {
        let fields = try node.fields(["column", "format", "formats", "fixed"])
        if let fixed = fields["fixed"] {
            guard fields.count == 1 else { throw node.error("fixed stands alone") }
            let text = Array(try fixed.text().utf8)[...]
            let patterns = try fixed.check { () throws(MappingRule) in
                [try TimePattern("yyyy-MM-dd'T'HH:mm:ssXXX"), try TimePattern("yyyy-MM-dd'T'HH:mm:ss.SXXX")]
            }
            for pattern in patterns {
                if case .utc(let milliseconds)? = pattern.read(text), CivilTime.writable.contains(milliseconds) {
                    return .fixed(milliseconds: milliseconds)
                }
            }
            throw fixed.error("expected a time like 2017-01-05T08:00:00Z")
        }
        guard let column = fields["column"] else { throw node.error("the key \"column\" or \"fixed\" is missing") }
        return .column(try column.column(columns), try node.timePatterns(fields))
    }

    private static func conditions(_ node: MappingNode?, _ columns: [String]) throws(MappingError) -> [Condition] {
        guard let node else { return [] }
        var conditions: [Condition] = []
        for element in node.isList ? try node.list() : [node] {
            let fields = try element.fields(["column", "present", "equals", "not"], required: ["column"])
            guard let column = try fields["column"]?.column(columns), fields.count == 2 else {
                throw element.error("needs a column and one of present, equals, not")
            }
            if let present = fields["present"] {
                conditions.append(.present(column, try present.flag()))
            } else if let equals = fields["equals"] {
                conditions.append(.equals(column, try equals.texts().map { Array($0.utf8) }))
            } else if let not = fields["not"] {
                conditions.append(.not(column, try not.texts().map { Array($0.utf8) }))
            }
        }
        return conditions
    }
}

extension MappingNode {
    /// The index of a column named here.
    func column(_ columns: [String]) throws(MappingError) -> Int {
        let name = try text()
        return try check { () throws(MappingRule) in
            guard let index = columns.firstIndex(of: name) else {
                throw MappingRule.unknownColumn(name, columns: columns)
            }
            return index
        }
    }

    /// `format` or `formats` of this map.
    func timePatterns(_ fields: [String: MappingNode]) throws(MappingError) -> [TimePattern] {
        guard (fields["format"] == nil) != (fields["formats"] == nil), let node = fields["format"] ?? fields["formats"]
        else { throw error("a time needs format or formats") }
        var patterns: [TimePattern] = []
        for text in try node.texts() {
            patterns.append(try node.check { () throws(MappingRule) in try TimePattern(text) })
        }
        return patterns
    }
}
