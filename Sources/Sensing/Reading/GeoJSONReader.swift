/// Reads a GeoJSON FeatureCollection (RFC 7946) as rows.
///
/// The columns are `properties.NAME`, as the features bring them, and `geometry`. A property that is a string gives its
/// text, a number its digits as written, true and false those words, null and absence nothing, an array or object nothing
/// that can be used. A Point becomes the text `POINT (lon lat)`; other geometries stand in `geometryKind`.
struct GeoJSONReader {
    /// One feature.
    struct Feature {
        var properties: [String: [UInt8]] = [:]
        /// `POINT (lon lat)`, or nil when there is no point.
        var point: [UInt8]?
        /// `Point`, `Polygon` …; nil when the geometry is null.
        var geometryKind: String?
        /// Line on which the feature begins, from 1.
        var line = 1
        /// Why the feature cannot be read although the JSON is well formed.
        var problem: String?
    }

    private(set) var features: [Feature] = []
    /// Names of all properties, sorted.
    private(set) var names: [String] = []

    /// Reads a whole file.
    /// - Throws: `ImportError` with the line when it is not JSON or not a FeatureCollection.
    init(_ bytes: [UInt8], file: String) throws(ImportError) {
        do {
            try read(bytes)
        } catch {
            let line = 1 + bytes.prefix(error.position).count { $0 == UInt8(ascii: "\n") }
            throw ImportError(file: file, line: line, reason: "not a GeoJSON FeatureCollection: \(error.reason)")
        }
    }

    private mutating func read(_ bytes: [UInt8]) throws(JSONProblem) {
        var body = bytes
        if body.starts(with: [0xEF, 0xBB, 0xBF]) { body.replaceSubrange(0..<3, with: [0x20, 0x20, 0x20]) }
        var reader = JSONReader(body)
        var kind: JSONValue?
        var seen: Set<[UInt8]> = []
        try reader.expect("{")
        if try !reader.take("}") {
            repeat {
                _ = reader.peek()
                let start = reader.position
                let key = try reader.key()
                guard seen.insert(key).inserted else {
                    throw JSONProblem(position: start, reason: "a key occurs twice")
                }
                if key.elementsEqual("features".utf8) {
                    try readFeatures(&reader, body)
                } else if key.elementsEqual("type".utf8) {
                    kind = try reader.value()
                } else {
                    _ = try reader.value()
                }
            } while try reader.take(",")
            try reader.expect("}")
        }
        guard reader.peek() == nil else {
            throw JSONProblem(position: reader.position, reason: "text after the object")
        }
        guard case .string(let text)? = kind, text.elementsEqual("FeatureCollection".utf8) else {
            throw JSONProblem(position: 0, reason: "its type is not FeatureCollection")
        }
        guard seen.contains(Array("features".utf8)) else {
            throw JSONProblem(position: 0, reason: "it has no features")
        }
        names = Set(features.flatMap { $0.properties.keys }).sorted()
    }

    private mutating func readFeatures(_ reader: inout JSONReader, _ bytes: [UInt8]) throws(JSONProblem) {
        try reader.expect("[")
        if try reader.take("]") { return }
        var line = 1
        var counted = 0
        repeat {
            _ = reader.peek()
            let start = reader.position
            line += bytes[counted..<start].count { $0 == UInt8(ascii: "\n") }
            counted = start
            var feature = Self.feature(try reader.value())
            feature.line = line
            features.append(feature)
        } while try reader.take(",")
        try reader.expect("]")
    }

    private static func feature(_ value: JSONValue) -> Feature {
        var feature = Feature()
        guard case .string(let kind)? = value["type"], kind.elementsEqual("Feature".utf8) else {
            feature.problem = "not a Feature"
            return feature
        }
        if case .object(let members)? = value["properties"] {
            for (key, value) in members {
                feature.properties[String(decoding: key, as: UTF8.self)] = text(value)
            }
        }
        guard let geometry = value["geometry"], case .object = geometry else { return feature }
        guard case .string(let kind)? = geometry["type"] else {
            feature.problem = "a geometry without a type"
            return feature
        }
        feature.geometryKind = String(decoding: kind, as: UTF8.self)
        guard feature.geometryKind == "Point" else { return feature }
        guard case .array(let coordinates)? = geometry["coordinates"], (2...3).contains(coordinates.count),
            case .number(let lon) = coordinates[0], case .number(let lat) = coordinates[1]
        else {
            feature.problem = "a Point whose coordinates are not [lon, lat]"
            return feature
        }
        feature.point = Array("POINT (".utf8) + lon + [0x20] + lat + [UInt8(ascii: ")")]
        return feature
    }

    private static func text(_ value: JSONValue) -> [UInt8] {
        switch value {
        case .null, .array, .object: []
        case .bool(let flag): Array((flag ? "true" : "false").utf8)
        case .number(let digits): digits
        case .string(let text): text
        }
    }
}
