extension FieldRule {
    private static let types = ["string", "int", "double", "bool", "time", "point"]

    /// Reads `data` or `private`.
    static func read(
        _ node: MappingNode?, columns: [String], format: Mapping.Format
    ) throws(MappingError) -> [FieldRule] {
        guard let node else { return [] }
        var rules: [FieldRule] = []
        for (name, value) in try node.members() {
            guard Identifier.isDotted(name, parts: 1), !name.contains(".") else {
                throw value.error("a field name is one word, as unitType")
            }
            rules.append(try FieldRule(name, value, columns: columns, format: format))
        }
        return rules
    }

    private init(
        _ name: String, _ node: MappingNode, columns: [String], format: Mapping.Format
    ) throws(MappingError) {
        let fields = try node.fields([
            "column", "template", "lon", "lat", "value", "type", "format", "formats", "form", "unit", "values",
            "otherwise",
            "optional",
        ])
        var label: [UInt8] = []
        JSONText.append(name.utf8, to: &label)
        self.label = label + [UInt8(ascii: ":")]
        let type = try fields["type"]?.word(of: Self.types) ?? "string"
        kind = try Self.kind(type, node, fields, format)
        unit = try Self.unit(fields["unit"], type)
        optional = try fields["optional"]?.flag() ?? false
        origin = try Self.origin(node, fields, type, kind, columns)
        (lookup, otherwise) = try Self.lookup(fields, kind)
    }

    private static func kind(
        _ type: String, _ node: MappingNode, _ fields: [String: MappingNode], _ format: Mapping.Format
    ) throws(MappingError) -> Kind {
        if type != "time", let stray = fields["format"] ?? fields["formats"] {
            throw stray.error("only for type: time")
        }
        if type != "point", let stray = fields["form"] ?? fields["lon"] ?? fields["lat"] {
            throw stray.error("only for type: point")
        }
        switch type {
        case "int": return .int
        case "double": return .double
        case "bool": return .bool
        case "time": return .time(try node.timePatterns(fields))
        case "point":
            guard let form = fields["form"] else {
                guard fields["lon"] == nil, try fields["column"]?.text() != "geometry" || format != .geojson else {
                    return .point([.wkt])
                }
                throw node.error("a point in one column needs form: lat-lon, lon-lat or wkt")
            }
            var forms: [Point.Form] = []
            for element in form.isList ? try form.list() : [form] {
                let word = try element.word(of: Point.Form.allCases.map(\.rawValue))
                if let form = Point.Form(rawValue: word) { forms.append(form) }
            }
            return .point(forms)
        default: return .string
        }
    }

    private static func unit(_ node: MappingNode?, _ type: String) throws(MappingError) -> UnitConversion? {
        guard let node else { return nil }
        let name = try node.word(of: UnitConversion.all.map(\.name))
        guard let unit = UnitConversion.all.first(where: { $0.name == name }), type == "double" || type == "int" else {
            throw node.error("only for type: double or int")
        }
        guard type == "double" || unit.isWhole else {
            throw node.error("does not give whole numbers; use type: double")
        }
        return unit
    }

    private static func origin(
        _ node: MappingNode, _ fields: [String: MappingNode], _ type: String, _ kind: Kind, _ columns: [String]
    ) throws(MappingError) -> Origin {
        let pair = fields["lon"] != nil || fields["lat"] != nil
        let origins = ["column", "template", "value"].filter { fields[$0] != nil }
        guard origins.count + (pair ? 1 : 0) == 1 else {
            throw node.error(
                type == "point"
                    ? "needs a column, or the columns lon and lat" : "needs one of column, template and value")
        }
        if let template = fields["template"] {
            guard type == "string", fields["values"] == nil else {
                throw template.error("only for type: string, without values")
            }
            let text = try template.text()
            return .template(try template.check { () throws(MappingRule) in try Template(text, columns: columns) })
        }
        if let column = fields["column"] { return .column(try column.column(columns)) }
        if let value = fields["value"] {
            guard fields.keys.allSatisfy({ ["value", "type"].contains($0) }) else {
                throw node.error("value stands alone, or with type")
            }
            guard let json = scalar(kind, Array(try value.anyText().utf8)[...], unit: nil) else {
                throw value.error("not a \(type)")
            }
            return .constant(json)
        }
        guard let lon = fields["lon"], let lat = fields["lat"], fields["form"] == nil else {
            throw node.error("needs both lon and lat, and no form")
        }
        return .pair(lon: try lon.column(columns), lat: try lat.column(columns))
    }

    private static func lookup(
        _ fields: [String: MappingNode], _ kind: Kind
    ) throws(MappingError) -> ([[UInt8]: [UInt8]]?, [UInt8]?) {
        guard let node = fields["values"] else {
            if let stray = fields["otherwise"] { throw stray.error("only together with values") }
            return (nil, nil)
        }
        if fields["column"] == nil { throw node.error("only together with column") }
        func result(_ node: MappingNode) throws(MappingError) -> [UInt8] {
            let text = Array(try node.anyText().utf8)
            guard scalar(kind, text[...], unit: nil) != nil else {
                throw node.error("the table gives a value that does not have the field's type")
            }
            return text
        }
        var table: [[UInt8]: [UInt8]] = [:]
        for (key, value) in try node.members() { table[Array(key.utf8)] = try result(value) }
        guard !table.isEmpty else { throw node.error("the table is empty") }
        guard let otherwise = fields["otherwise"] else { return (table, nil) }
        return (table, try result(otherwise))
    }

    /// The JSON of a string, number or truth value; nil when the text does not have the type, or for other types.
    static func scalar(_ kind: Kind, _ text: ArraySlice<UInt8>, unit: UnitConversion?) -> [UInt8]? {
        var json: [UInt8] = []
        return append(kind, text, unit: unit, to: &json) == nil ? json : nil
    }

    /// Appends the JSON of a string, number or truth value.
    /// - Returns: what is wrong with the text, or nil.
    static func append(
        _ kind: Kind, _ text: ArraySlice<UInt8>, unit: UnitConversion?, to json: inout [UInt8]
    ) -> String? {
        switch kind {
        case .string:
            JSONText.append(text, to: &json)
        case .int:
            guard let number = Numbers.int(text) else { return "is not a whole number" }
            guard let value = unit.map({ $0.convert(number) }) ?? number,
                value.magnitude <= SensingLimits.wholeNumber.magnitude
            else { return "is too large" }
            JSONText.append(value, to: &json)
        case .double:
            guard let number = Numbers.double(text) else { return "is not a number" }
            let value = unit?.convert(number) ?? number
            guard value.isFinite else { return "is too large" }
            JSONText.append(value, to: &json)
        case .bool:
            if trueWords.contains(where: text.elementsEqual) {
                json += Array("true".utf8)
            } else if falseWords.contains(where: text.elementsEqual) {
                json += Array("false".utf8)
            } else {
                return "is neither true nor false"
            }
        case .time, .point:
            return "cannot be given here"
        }
        return nil
    }

    private static let trueWords = ["true", "TRUE", "True"].map { Array($0.utf8) }
    private static let falseWords = ["false", "FALSE", "False"].map { Array($0.utf8) }
}
