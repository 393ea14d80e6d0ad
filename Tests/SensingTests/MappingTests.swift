import Foundation
import Testing

@testable import Sensing

@Suite struct MappingTests {
    @Test func wellFormed() throws {
        let mapping = try Mapping(yaml: liftMapping, file: "lifts.yaml")
        #expect(mapping.name == "lifts")
        #expect(mapping.title == ["zh": "电梯", "en": "Lifts"])
        #expect(mapping.factTypes == ["lift.reported", "lift.known"])
        #expect(mapping.timeZoneName == "Asia/Shanghai")
        #expect(mapping.matches(path: "lifts-2026.csv"))
        #expect(!mapping.matches(path: "sub/lifts.csv"))
        #expect(mapping.columns.filter(\.isPrivate).map(\.name) == ["Phone"])
    }

    /// One change to the good mapping, and the error that must name its line and key.
    @Test(arguments: [
        ("files: [", "fils: [", 3, "fils", "unknown key", "files"),
        ("order: file", "order: tim", 7, "order", "none of file, time", "time"),
        ("format: csv", "format: csw", 4, "format", "none of csv, geojson", "csv"),
        ("timezone: Asia/Shanghai", "timezone: Asia/Shangai", 6, "timezone", "no IANA time zone", "Asia/Shanghai"),
        ("timezone: Asia/Shanghai", "timezone: GMT+8", 6, "timezone", "no IANA time zone", ""),
        ("source: system/import/lifts", "source: import/lifts", 5, "source", "a source is", ""),
        ("mapping: lifts", "mapping: Lifts!", 1, "mapping", "small letters", ""),
        ("en: Lifts}", "eng: Lifts}", 2, "title.eng", "unknown key", "en"),
        ("lifts*.csv", "../lifts.csv", 3, "files[0]", "relative to the data folder", ""),
        ("pattern: \"[A-Z][0-9]+\"", "pattern: \"[A-Z\"", 10, "columns.Lift No.pattern", "regular expression", ""),
        ("maximum: 30", "maximum: -30", 13, "columns.Speed", "minimum is above maximum", ""),
        ("maximum: 30", "maximum: much", 13, "columns.Speed.maximum", "expected a number", ""),
        ("maximum: 30", "maxmum: 30", 13, "columns.Speed.maxmum", "unknown key", "maximum"),
        ("trim: true", "trim: yes", 14, "columns.Floor.trim", "true or false", ""),
        ("{from: Lift No", "{from: Lift Nr", 20, "columns.Area.from", "no column \"Lift Nr\"", "Lift No"),
        ("take: \"([0-9]+)\"", "take: \"[0-9]+\"", 20, "columns.Area.take", "no (group)", ""),
        ("pad: 4", "pad: 0", 20, "columns.Area.pad", "a width", ""),
        ("type: lift.reported", "type: reported", 22, "facts[0].type", "dotted words", ""),
        ("{Lift No}-{Seen}", "{Lift No}-{Sen}", 23, "facts[0].id", "no column \"Sen\"", "Seen"),
        ("{Lift No}-{Seen}", "{Lift No-{Seen}", 23, "facts[0].id", "no column", ""),
        ("{Lift No}-{Seen}", "Lift No}", 23, "facts[0].id", "unmatched bracket", ""),
        ("{Lift No}-{Seen}", "same", 23, "facts[0].id", "all rows would give the same", ""),
        (
            "subject: \"lift/{Lift No}\"\n    time: {column", "subject: \"{Lift No}\"\n    time: {column", 24,
            "facts[0].subject", "begins with its kind", ""
        ),
        ("\"unix-ms\"", "\"yyyy-MM-dd hh:mm\"", 25, "facts[0].time.formats", "hh together with a", ""),
        ("\"unix-ms\"", "\"YYYY\"", 25, "facts[0].time.formats", "unknown letters 'YYYY'", ""),
        ("unit: mph to m/s", "unit: mph", 28, "facts[0].data.speed.unit", "none of", ""),
        (
            "type: double, unit: mph to m/s", "type: int, unit: mph to m/s", 28, "facts[0].data.speed.unit",
            "whole numbers", ""
        ),
        (
            "floor: {column: Floor, type: int", "floor: {column: Floor, type: integer", 29, "facts[0].data.floor.type",
            "none of string, int", ""
        ),
        ("form: [lat-lon, wkt]", "form: [latlon]", 30, "facts[0].data.place.form[0]", "none of lat-lon", "lat-lon"),
        ("type: point, form: [lat-lon, wkt]", "type: point", 30, "facts[0].data.place", "needs form", ""),
        ("{type: point, lon: Lon, lat: Lat", "{type: point, lon: Lon", 31, "facts[0].data.at", "both lon and lat", ""),
        (
            "alarm: {column: Alarm, type: bool, optional: true}", "alarm: {type: bool}", 32, "facts[0].data.alarm",
            "one of column, template and value", ""
        ),
        ("area:  {column: Area}", "area:  {column: Phone}", 22, "facts[0]", "under private", ""),
        ("\"2020-01-01T00:00:00+08:00\"", "\"2020-01-01\"", 40, "facts[1].time.fixed", "expected a time", ""),
        ("present: true}", "presnt: true}", 41, "facts[1].when.presnt", "unknown key", "present"),
        ("present: true}", "present: true, equals: x}", 41, "facts[1].when", "one of present, equals, not", ""),
        ("once: true", "once: maybe", 37, "facts[1].once", "true or false", ""),
    ])
    func errorsNameTheirPlace(
        _ old: String, _ new: String, _ line: Int, _ key: String, _ rule: String, _ suggestion: String
    ) throws {
        try #require(liftMapping.contains(old))
        let yaml = liftMapping.replacing(old, with: new, maxReplacements: 1)
        let error = try #require(throws: MappingError.self) { try Mapping(yaml: yaml, file: "lifts.yaml") }
        #expect(error.file == "lifts.yaml")
        #expect(error.line == line, "\(error)")
        #expect(error.key == key, "\(error)")
        #expect(error.rule.contains(rule), "\(error)")
        #expect(suggestion.isEmpty || error.suggestion == suggestion, "\(error)")
    }

    @Test func missingKeysAndBadYAML() throws {
        func error(_ yaml: String) throws -> MappingError {
            try #require(throws: MappingError.self) { try Mapping(yaml: yaml, file: "x.yaml") }
        }
        #expect(try error("mapping: x\n").rule.contains("\"files\" is missing"))
        #expect(try error("").rule.contains("empty"))
        #expect(try error("- a\n").rule.contains("expected a map"))
        let twice = try error("mapping: x\nmapping: y\n")
        #expect(twice.rule.contains("twice"))
        let broken = try error("mapping: x\nfiles: [\"a\"\nformat: csv\n")
        #expect(broken.rule.contains("not YAML") && broken.line != nil)
        #expect(try error("mapping:\n").rule.contains("missing") || (try error("mapping:\n").rule.contains("no value")))
        let described = try error(liftMapping.replacing("files:", with: "fils:")).description
        #expect(described.hasPrefix("x.yaml:3: fils: unknown key"))
        #expect(described.hasSuffix("did you mean \"files\"?"))
    }

    @Test func relativesOfPersonalColumnsArePersonal() throws {
        let yaml = liftMapping.replacing(
            "Area:     {from: Lift No, take: \"([0-9]+)\", pad: 4}",
            with: "Area:     {from: Lift No, take: \"([0-9]+)\"}\n  Prefix: {from: Phone, take: \"^(.{3})\"}")
        let mapping = try Mapping(yaml: yaml, file: "x.yaml")
        #expect(mapping.columns.filter(\.isPrivate).map(\.name) == ["Phone", "Prefix"])
    }

    @Test func globs() throws {
        func matches(_ pattern: String, _ path: String) throws -> Bool { try Glob(pattern).matches(path) }
        #expect(try matches("a*.csv", "a.csv"))
        #expect(try matches("a*b*.csv", "a1b2b3.csv"))
        #expect(try !matches("a*.csv", "b/a.csv"))
        #expect(try !matches("*.csv", "b/a.csv"))
        #expect(try matches("*/a?.csv", "b/a1.csv"))
        #expect(try !matches("a?.csv", "a.csv"))
        #expect(try !matches("a.csv", "a.csv.bak"))
    }

    @Test func folder() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(throws: MappingError.self) { try MappingFolder.load(folder) }
        try Data(liftMapping.utf8).write(to: folder.appendingPathComponent("b.yaml"))
        try Data("nothing".utf8).write(to: folder.appendingPathComponent("README.md"))
        #expect(try MappingFolder.load(folder).map(\.name) == ["lifts"])
        try Data(liftMapping.utf8).write(to: folder.appendingPathComponent("c.yml"))
        let same = try #require(throws: MappingError.self) { try MappingFolder.load(folder) }
        #expect(same.file == "c.yml" && same.rule.contains("b.yaml"))
    }
}
