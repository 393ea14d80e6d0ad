import Foundation
import Testing

@testable import Sensing

/// The repository's root, found from this file.
let repository: URL = {
    var folder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
    while folder.path != "/",
        !FileManager.default.fileExists(atPath: folder.appendingPathComponent("Package.swift").path)
    {
        folder.deleteLastPathComponent()
    }
    return folder
}()

/// Public data beside the repository. Tests that need it are skipped where it is not there.
func sharedData(_ path: String) -> URL {
    repository.appendingPathComponent("../shared/data").standardizedFileURL.appendingPathComponent(path)
}

func hasSharedData(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: sharedData(path).path)
}

/// Deterministic numbers (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// A mapping of everyday shape: lifts that report.
let liftMapping = """
    mapping: lifts
    title: {zh: 电梯, en: Lifts}
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
        time: {column: Seen, formats: ["yyyy-MM-dd HH:mm:ss", "unix-ms"]}
        data:
          state: {column: State, values: {stopped: S, moving: M}, optional: true}
          speed: {column: Speed, type: double, unit: mph to m/s, optional: true}
          floor: {column: Floor, type: int, optional: true}
          place: {column: Place, type: point, form: [lat-lon, wkt], optional: true}
          at:    {type: point, lon: Lon, lat: Lat, optional: true}
          alarm: {column: Alarm, type: bool, optional: true}
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
          alarm: {column: Alarm, type: bool}
    """

let liftHeader = "Lift No,Seen,State,Speed,Floor,Place,Lon,Lat,Alarm,Phone\n"

/// What came of a text read as a file.
struct ReadResult {
    var facts: [MappedFact] = []
    var refusals: [RowRefusal] = []
    var report = ImportReport()

    var json: [String] { facts.map { String(decoding: $0.json, as: UTF8.self) } }
    var reasons: [String] { refusals.map(\.description) }
}

func read(_ bytes: [UInt8], as name: String = "lifts.csv", through yaml: String = liftMapping) throws -> ReadResult {
    let mapping = try Mapping(yaml: yaml, file: "lifts.yaml")
    var reading = try FileImport(bytes: bytes, name: name, mapping: mapping)
    var result = ReadResult()
    while let batch = try reading.next(upTo: 3) {
        result.facts += batch.facts
        result.refusals += batch.refusals
    }
    result.report = reading.report
    return result
}

func read(_ text: String, as name: String = "lifts.csv", through yaml: String = liftMapping) throws -> ReadResult {
    try read(Array(text.utf8), as: name, through: yaml)
}
