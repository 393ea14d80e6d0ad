import Testing

@testable import Sensing

@Suite struct GeoJSONTests {
    private let mapping = """
        mapping: hydrants
        files: ["*.geojson"]
        format: geojson
        source: system/import/hydrants
        timezone: UTC
        order: file
        columns:
          geometry: {}
          properties.no: {required: true}
          properties.flow: {}
          properties.ok: {}
        facts:
          - type: hydrant.recorded
            id: "h{properties.no}"
            subject: "hydrant/{properties.no}"
            time: {fixed: "2026-01-01T00:00:00Z"}
            data:
              at: {column: geometry, type: point, optional: true}
              flow: {column: properties.flow, type: double, optional: true}
              ok: {column: properties.ok, type: bool, optional: true}
        """

    private func collection(_ features: String...) -> String {
        "{\"type\":\"FeatureCollection\",\n\"features\":[\n" + features.joined(separator: ",\n") + "\n]}"
    }

    private func feature(_ properties: String, _ geometry: String = #"{"type":"Point","coordinates":[114.25,30.6]}"#)
        -> String
    {
        #"{"type":"Feature","properties":\#(properties),"geometry":\#(geometry)}"#
    }

    @Test func points() throws {
        let text = collection(
            feature(#"{"no":1,"flow":12.50,"ok":true}"#), feature(#"{"no":"\u6c49\ud83d\ude00","flow":null}"#),
            feature(#"{"no":3,"flow":1e2,"ok":false,"more":{"a":[1,2]}}"#, #"{"type":"Point","coordinates":[1.0,2,3]}"#)
        )
        let result = try read(text, as: "h.geojson", through: mapping)
        #expect(result.refusals.isEmpty)
        #expect(result.facts.map(\.id) == ["h1", "h汉😀", "h3"])
        #expect(result.facts.map(\.line) == [3, 4, 5])
        #expect(result.json.first?.contains(#""data":{"at":[114.25,30.6],"flow":12.5,"ok":true}"#) == true)
        #expect(result.json.last?.contains(#""data":{"at":[1,2],"flow":100,"ok":false}"#) == true)
    }

    @Test func featuresRefused() throws {
        let text = collection(
            feature(#"{"no":1,"flow":1,"ok":true}"#, "null"),
            feature(#"{"no":2}"#, #"{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}"#),
            feature(#"{"no":3}"#, #"{"type":"Point","coordinates":["1","2"]}"#),
            feature(#"{"no":4}"#, #"{"type":"Point","coordinates":[200,2]}"#), #"{"type":"Other"}"#, "7",
            feature(#"{"no":8}"#, #"{"coordinates":[1,2]}"#), feature("{}"), feature(#"{"no":9}"#))
        let result = try read(text, as: "h.geojson", through: mapping)
        #expect(
            result.reasons == [
                "h.geojson:3: geometry: the geometry is missing; only points are taken",
                "h.geojson:4: geometry: the geometry is a Polygon; only points are taken",
                "h.geojson:5: a Point whose coordinates are not [lon, lat]",
                "h.geojson:6: geometry: \"POINT (200 2)\" is no point on the globe of the form wkt (hydrant.recorded)",
                "h.geojson:7: not a Feature", "h.geojson:8: not a Feature", "h.geojson:9: a geometry without a type",
                "h.geojson:10: properties.no: has no value",
            ])
        #expect(result.facts.map(\.id) == ["h9"])
    }

    @Test func anyGeometry() throws {
        let any = mapping.replacing("format: geojson", with: "format: geojson\ngeometry: any")
        let text = collection(
            feature(#"{"no":1,"flow":1,"ok":true}"#, #"{"type":"LineString","coordinates":[[0,0],[1,0]]}"#))
        let result = try read(text, as: "h.geojson", through: any)
        #expect(result.json.first?.contains(#""data":{"flow":1,"ok":true}"#) == true)
    }

    @Test(arguments: [
        ("", "h.geojson:1: not a GeoJSON FeatureCollection: the text ends early; expected '{'"),
        ("a,b\n1,2", "h.geojson:1: not a GeoJSON FeatureCollection: expected '{'"),
        ("{}", "h.geojson:1: not a GeoJSON FeatureCollection: its type is not FeatureCollection"),
        (
            "{\"type\":\"FeatureCollection\"}",
            "h.geojson:1: not a GeoJSON FeatureCollection: it has no features"
        ),
        (
            "{\"type\":\"Feature\",\"features\":[]}",
            "h.geojson:1: not a GeoJSON FeatureCollection: its type is not FeatureCollection"
        ),
        ("{\"features\":[\n1,\n]}", "h.geojson:3: not a GeoJSON FeatureCollection: not a JSON value"),
        ("{\"features\":[\n{\"a\":1,\"a\":2}]}", "h.geojson:2: not a GeoJSON FeatureCollection: a key occurs twice"),
        ("{\"features\":[],\n\"features\":[]}", "h.geojson:2: not a GeoJSON FeatureCollection: a key occurs twice"),
        (
            "{\"type\":\"FeatureCollection\",\"features\":[]}\nx",
            "h.geojson:2: not a GeoJSON FeatureCollection: text after the object"
        ),
        ("{\"a\":01}", "h.geojson:1: not a GeoJSON FeatureCollection: not a JSON value"),
        ("{\"a\":\"\\ud800\"}", "h.geojson:1: not a GeoJSON FeatureCollection: half a surrogate pair"),
        ("{\"a\":\"\n\"}", "h.geojson:1: not a GeoJSON FeatureCollection: a control character in a string"),
    ])
    func filesRefused(_ text: String, _ expected: String) throws {
        let error = try #require(throws: ImportError.self) { try read(text, as: "h.geojson", through: mapping) }
        #expect(error.description == expected)
    }

    @Test func deepNestingIsRefused() throws {
        let deep = "{\"a\":" + String(repeating: "[", count: 100_000)
        let error = try #require(throws: ImportError.self) { try read(deep, as: "h.geojson", through: mapping) }
        #expect(error.reason.contains("nested too deeply"))
    }

    @Test func columnsMustBeThere() throws {
        let text = collection(feature(#"{"no":1,"flwo":2,"ok":true}"#))
        let error = try #require(throws: ImportError.self) { try read(text, as: "h.geojson", through: mapping) }
        #expect(error.reason.contains("no column \"properties.flow\""))
        #expect(error.reason.contains("nearest is \"properties.flwo\""))
        let bad = mapping.replacing("properties.flow: {}", with: "flow: {}")
        let wrong = try #require(throws: MappingError.self) { try Mapping(yaml: bad, file: "h.yaml") }
        #expect(wrong.suggestion == "properties.flow" && wrong.line == 10)
    }
}
