import Facts
import Foundation

@testable import Sensing

/// Any bytes are read as a file: its rows become facts that the platform takes, or refusals.
enum CSVTarget {
    static func examine(_ bytes: [UInt8]) {
        // A cut file must say the same as a whole one, wherever the pieces end.
        let whole = read(bytes, through: mapping, chunk: SensingLimits.chunkBytes)
        let pieces = read(bytes, through: mapping, chunk: 1 + bytes.count % 7)
        demand(whole == pieces, "a file says the same in small pieces")
        for fact in whole?.facts ?? [] { check(fact) }
        if bytes.first == UInt8(ascii: "{") || bytes.first == 0xEF {
            for fact in read(bytes, through: featureMapping, chunk: bytes.count)?.facts ?? [] { check(fact) }
        }
    }

    private struct Reading: Equatable {
        var facts: [[UInt8]] = []
        var refusals: [String] = []
    }

    private static func read(_ bytes: [UInt8], through mapping: Mapping, chunk: Int) -> Reading? {
        let source = ByteSource.memory(bytes[...], chunk: chunk)
        guard var file = try? FileImport(source: source, totalBytes: bytes.count, name: "f", mapping: mapping) else {
            return nil
        }
        var reading = Reading()
        while true {
            do {
                guard let batch = try file.next(upTo: 3) else { break }
                reading.facts += batch.facts.map(\.json)
                reading.refusals += batch.refusals.map(\.description)
            } catch {
                broken("bytes in memory can be read: \(error)")
            }
        }
        demand(file.bytesRead == bytes.count, "a file is read to its end")
        return reading
    }

    private static func check(_ json: [UInt8]) {
        do throws(Refusal) {
            FactTarget.check(try reader.read(json), from: json, reader: reader)
        } catch {
            // A file may hold any time that a calendar has; the platform believes fewer.
            demand(
                error.field == "time" && error.rule.contains("2000"),
                "the platform takes what a mapping makes: \(error)")
        }
    }

    /// Lifts that report, with every kind of column and field.
    static let mapping = made(
        """
        mapping: lifts
        files: ["lifts*.csv"]
        format: csv
        source: system/import/lifts
        timezone: Asia/Shanghai
        order: file
        missing: [NA]
        columns:
          Lift No:  {also: [lift_no], required: true, pattern: "[A-Z][0-9]+"}
          Seen:     {}
          State:    {values: [stopped, moving]}
          Speed:    {type: double, minimum: 0, maximum: 30}
          Floor:    {trim: true}
          Place:    {}
          Lon:      {}
          Lat:      {}
          Alarm:    {}
          Phone:    {}
          Area:     {from: Lift No, take: "([0-9]+)", pad: 4}
        facts:
          - type: lift.reported
            id: "{Lift No}-{Seen}"
            subject: "lift/{Lift No}"
            time: {column: Seen, formats: ["yyyy-MM-dd HH:mm:ss", "d.M.yyyy h:mm a", "yyyy-MM-dd'T'HH:mm:ss.SXXX", "unix-ms"]}
            data:
              state: {column: State, values: {stopped: S, moving: M}, optional: true}
              speed: {column: Speed, type: double, unit: mph to m/s, optional: true}
              floor: {column: Floor, type: int, optional: true}
              height: {column: Floor, type: double, unit: ft to m, optional: true}
              place: {column: Place, type: point, form: [lat-lon, wkt], optional: true}
              at:    {type: point, lon: Lon, lat: Lat, optional: true}
              alarm: {column: Alarm, type: bool, optional: true}
              text:  {template: "{State} of {Lift No}", optional: true}
              area:  {column: Area}
            private:
              phone: {column: Phone, type: int, optional: true}
          - type: lift.known
            once: true
            id: "known-{Lift No}"
            subject: "lift/{Lift No}"
            time: {fixed: "2020-01-01T00:00:00+08:00"}
            when: {column: Alarm, present: true}
            data:
              area: {column: Area}
        """)

    /// Stations as GeoJSON.
    static let featureMapping = made(
        """
        mapping: stations
        files: ["*.geojson"]
        format: geojson
        source: system/import/stations
        timezone: Asia/Shanghai
        order: time
        columns:
          geometry: {required: true}
          properties.id: {required: true, type: int}
          properties.name: {}
        facts:
          - type: lift.known
            id: "s-{properties.id}"
            subject: "lift/{properties.id}"
            time: {fixed: "2020-01-01T00:00:00+08:00"}
            data:
              place: {column: geometry, type: point}
              text: {column: properties.name, optional: true}
        """)

    private static let header = "Lift No,Seen,State,Speed,Floor,Place,Lon,Lat,Alarm,Phone\n"

    /// Files for fuzzed mappings.
    static let files: [[UInt8]] = [
        header + "L7,2026-11-24 08:00:00,moving,60,12,\"(30.6, 114.25)\",114.25,30.6,true,138\n"
            + "L8,1700000000000,stopped,,\"-3\",POINT (114 30),,,false,\n",
        header + "L9,24.11.2026 8:00 下午,a\u{c}\t\u{1}\\b,1e308,9223372036854775807,\"\n\",-180,90,TRUE,\u{85}\n",
    ].map { Array($0.utf8) }

    static let features: [[UInt8]] = [
        """
        {"type":"FeatureCollection","features":[
        {"type":"Feature","geometry":{"type":"Point","coordinates":[114.25,30.6]},"properties":{"id":7,"name":"一"}},
        {"type":"Feature","geometry":{"type":"LineString","coordinates":[]},"properties":{"id":8,"name":"\\n"}}]}
        """
    ].map { Array($0.utf8) }

    private static func made(_ yaml: String) -> Mapping {
        do throws(MappingError) {
            return try Mapping(yaml: yaml, file: "fuzz.yaml")
        } catch {
            broken("the fixed mapping is read: \(error)")
        }
    }

    /// The schemas that fit both mappings.
    private static let reader: FactReader = {
        let schemas = """
            {"lift.reported":{"subject":"lift","data":{
            "state":{"type":"string","values":["S","M"],"required":false},"speed":{"type":"double","required":false},
            "floor":{"type":"int","required":false},"height":{"type":"double","required":false},
            "place":{"type":"point","required":false},"at":{"type":"point","required":false},
            "alarm":{"type":"bool","required":false},"text":{"type":"string","required":false},
            "area":{"type":"string"}},"private":{"phone":{"type":"int","required":false}}},
            "lift.known":{"subject":"lift","data":{"area":{"type":"string","required":false},
            "place":{"type":"point","required":false},"text":{"type":"string","required":false,"maxLength":65536}}}}
            """
        guard let value = try? Facts.JSONValue(parsing: Array(schemas.utf8)), let types = try? FactType.types(in: value)
        else { broken("the schemas of the fixed mappings are read") }
        return FactReader(schemas: SchemaSet(types), now: nil)
    }()
}
