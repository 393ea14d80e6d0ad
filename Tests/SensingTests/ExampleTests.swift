import Foundation
import Testing

@testable import Sensing

/// The mappings that come with the project, on rows of our own and, where they are there, on the real files.
@Suite struct ExampleTests {
    private func mappings() throws -> [Mapping] {
        try MappingFolder.load(repository.appendingPathComponent("Examples/san-francisco"))
    }

    private func mapping(_ name: String) throws -> Mapping {
        try #require(try mappings().first { $0.name == name })
    }

    private func read(_ text: String, _ name: String, _ mapping: Mapping) throws -> ReadResult {
        var reading = try FileImport(bytes: Array(text.utf8), name: name, mapping: mapping)
        var result = ReadResult()
        while let batch = try reading.next() {
            result.facts += batch.facts
            result.refusals += batch.refusals
        }
        result.report = reading.report
        return result
    }

    private let oldHeader =
        "Call Number,Unit ID,Incident Number,Call Type,Call Date,Watch Date,Received DtTm,Entry DtTm,Dispatch DtTm,"
        + "Response DtTm,On Scene DtTm,Transport DtTm,Hospital DtTm,Call Final Disposition,Available DtTm,Address,City,"
        + "Zipcode of Incident,Battalion,Station Area,Box,Original Priority,Priority,Final Priority,ALS Unit,"
        + "Call Type Group,Number of Alarms,Unit Type,Unit sequence in call dispatch,Fire Prevention District,"
        + "Supervisor District,Neighborhood  District,Location,RowID\n"

    private let newHeader =
        "call_number,unit_id,incident_number,call_type,call_date,watch_date,received_dttm,entry_dttm,dispatch_dttm,"
        + "response_dttm,on_scene_dttm,transport_dttm,hospital_dttm,call_final_disposition,available_dttm,address,city,"
        + "zipcode_of_incident,battalion,station_area,box,original_priority,priority,final_priority,als_unit,"
        + "call_type_group,number_of_alarms,unit_type,unit_sequence_in_call_dispatch,fire_prevention_district,"
        + "supervisor_district,neighborhoods_analysis_boundaries,case_location,rowid\n"

    @Test func bothAgesOfTheCallsFileGiveTheSameFacts() throws {
        let calls = try mapping("san-francisco-calls")
        let old = try read(
            oldHeader
                + "1,E01,2,Alarms,07/04/2016,07/04/2016,07/04/2016 11:58:00 PM,,07/04/2016 11:59:00 PM,,,,,Fire,"
                + "07/05/2016 12:10:00 AM,1 Block of A ST,San Francisco,94103,B01,01,2247,3,3,3,true,Alarm,1,ENGINE,1,3,6,"
                + "Mission,\"(37.75, -122.42)\",1-E01\n", "downtown_x.csv", calls)
        let new = try read(
            newHeader
                + "1,E01,2,Alarms,2016-07-04T00:00:00.000,2016-07-04T00:00:00.000,2016-07-04T23:58:00.000,,"
                + "2016-07-04T23:59:00.000,,,,,Fire,2016-07-05T00:10:00.000,1 Block of A ST,San Francisco,94103,B01,01,2247,"
                + "3,3,3,true,Alarm,1,ENGINE,1,3,6,Mission,POINT (-122.42 37.75),1-E01\n", "fire_calls.csv", calls)
        #expect(old.refusals.isEmpty)
        #expect(old.json == new.json)
        #expect(old.facts.map(\.type) == ["call.received", "unit.dispatched", "unit.available"])
        let received = try #require(old.json.first)
        #expect(received.contains(#""time":"2016-07-05T06:58:00Z""#))
        #expect(received.contains(#""position":[-122.42,37.75]"#))
        #expect(received.hasSuffix(#""private":{"address":"1 Block of A ST"}}"#))
    }

    @Test func aCallThatChangesIsRefusedAndItsUnitKept() throws {
        let row = { (unit: String, priority: String) in
            "1,\(unit),2,Alarms,,,01/05/2017 08:00:00 AM,,01/05/2017 08:01:00 AM,,,,,,,,,,,,,3,3,\(priority),true,,1,"
                + "ENGINE,1,,,,,\n"
        }
        let calls = try mapping("san-francisco-calls")
        let result = try read(oldHeader + row("E01", "3") + row("E02", "3") + row("E03", "2"), "downtown_x.csv", calls)
        #expect(result.facts.map(\.id) == ["1.received", "1-E01.dispatched", "1-E02.dispatched", "1-E03.dispatched"])
        #expect(
            result.reasons == [
                "downtown_x.csv:4: differs from the fact with the same id that line 2 gave (call.received)"
            ])
    }

    /// Every type and field that a mapping emits stands in its scenario.
    @Test(arguments: [
        ("san-francisco-calls", "emergency-calls"), ("san-francisco-stations", "emergency-calls"),
        ("san-francisco-requests", "resident-requests"),
    ])
    func scenariosKnowTheFacts(_ name: String, _ scenario: String) throws {
        let file = repository.appendingPathComponent("Scenarios/\(scenario)/scenario.yaml")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        // Field names by type and part; the file is ours, two blanks a level.
        var declared: Set<String> = []
        var type = ""
        var part = ""
        for line in lines {
            let indent = line.prefix { $0 == " " }.count
            let key = String(line.dropFirst(indent).prefix { $0 != ":" })
            switch indent {
            case 2: type = key
            case 4: part = key
            case 6: declared.insert("\(type)/\(part)/\(key)")
            default: break
            }
        }
        for rule in try mapping(name).facts {
            for (part, fields) in [("data", rule.data), ("private", rule.personal)] {
                for field in fields {
                    let key = String(decoding: field.label.dropFirst().dropLast(2), as: UTF8.self)
                    #expect(declared.contains("\(rule.type)/\(part)/\(key)"))
                }
            }
        }
    }

    // MARK: Real files

    @Test(.enabled(if: hasSharedData("sf-day/downtown_2017-01-05.csv"), "public data is not beside the repository"))
    func aRealDay() throws {
        let plan = try ImportPlan(data: sharedData("sf-day"), mappings: try mappings())
        #expect(plan.jobs.map(\.path) == ["downtown_2017-01-05.csv", "fire_stations.geojson"])
        #expect(plan.refused.isEmpty)
        #expect(plan.unused == ["san-francisco-requests"])
        var facts: [MappedFact] = []
        var progress = 0
        let report = try Importer(mapping: plan.jobs[0].mapping).read(
            file: plan.jobs[0].file, onFact: { facts.append($0) }, onRefusal: { Issue.record("\($0)") },
            onProgress: { progress = $0 + $1 })
        #expect(report.rows == 529)
        #expect(
            report.facts == [
                "call.received": 227, "unit.dispatched": 529, "unit.responding": 506, "unit.arrived": 402,
                "unit.transporting": 148, "unit.atHospital": 143, "unit.available": 529,
            ])
        #expect(report.repeated == 302)
        #expect(progress == 2 * 207_010)
        #expect(facts.map(\.time) == facts.map(\.time).sorted())
        #expect(Set(facts.map(\.id)).count == facts.count)
        #expect(facts.first.map { String(decoding: $0.json, as: UTF8.self).contains("2017-01-05T08:08:41Z") } == true)
        #expect(facts.last?.time == 1_483_701_980_000)
        for fact in facts { #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(fact.json)) } }
        var again: [MappedFact] = []
        _ = try Importer(mapping: plan.jobs[0].mapping).read(file: plan.jobs[0].file, onFact: { again.append($0) })
        #expect(again == facts)

        var stations: [String] = []
        let built = try Importer(mapping: plan.jobs[1].mapping).read(
            file: plan.jobs[1].file, onFact: { stations.append(String(decoding: $0.json, as: UTF8.self)) })
        #expect(built.facts == ["station.recorded": 42] && built.refusals == 0)
        #expect(stations.contains { $0.contains(#""subject":"station/07""#) && $0.contains("Division 3") })
    }

    @Test(.enabled(if: hasSharedData("sf-311/cases_sample_geo.csv"), "public data is not beside the repository"))
    func realRequests() throws {
        let plan = try ImportPlan(data: sharedData("sf-311"), mappings: try mappings())
        var counts: [String: [String: Int]] = [:]
        for job in plan.jobs {
            let report = try Importer(mapping: job.mapping).read(file: job.file, onFact: { _ in })
            #expect(report.refusals == 0)
            counts[job.path] = report.facts
        }
        #expect(counts["cases_sample_geo.csv"] == ["request.opened": 4984, "request.closed": 4762])
        #expect(counts["sf311_api_2023-11-28_100rows.csv"] == ["request.opened": 108, "request.closed": 3])
    }

    private let metro = """
        mapping: metro
        files: ["wuhan_metro*.csv"]
        format: csv
        source: system/import/wuhan-metro
        timezone: Asia/Shanghai
        order: file
        columns:
          station_name: {required: true}
          longitude: {required: true}
          latitude: {required: true}
          metro_name: {required: true}
          id: {required: true, type: int, minimum: 1}
        facts:
          - type: station.recorded
            id: "{metro_name}-{id}"
            subject: "station/{station_name}"
            time: {fixed: "2024-01-01T00:00:00+08:00"}
            data:
              name: {column: station_name}
              crs: {value: gcj02}
              position: {type: point, lon: longitude, lat: latitude}
        """

    @Test func aRowWithOneFieldTooMany() throws {
        let result = try read(
            "station_name,longitude,latitude,metro_name,id\n江汉路,114.28,30.58,2号线,12\n省博,114.36,30.56,,8号线,13\n循礼门,"
                + "114.27,30.58,1号线,19\n", "wuhan_metro.csv", try Mapping(yaml: metro, file: "metro.yaml"))
        #expect(result.reasons == ["wuhan_metro.csv:3: the row has 6 fields, the header 5"])
        #expect(result.facts.map(\.id) == ["2号线-12", "1号线-19"])
        #expect(result.json.first?.contains(#""crs":"gcj02","position":[114.28,30.58]"#) == true)
    }

    @Test(.enabled(if: hasSharedData("wuhan-geo/wuhan_metro_stations.csv"), "public data is not beside the repository"))
    func theRealMetro() throws {
        let plan = try ImportPlan(
            data: sharedData("wuhan-geo"), mappings: [try Mapping(yaml: metro, file: "metro.yaml")])
        let job = try #require(plan.jobs.first)
        var refusals: [RowRefusal] = []
        let report = try Importer(mapping: job.mapping).read(
            file: job.file, onFact: { _ in }, onRefusal: { refusals.append($0) })
        let text = try String(contentsOf: job.file, encoding: .utf8)
        let line =
            try #require(
                text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex { $0.hasPrefix("省博湖北日报") }) + 1
        #expect(refusals.map(\.line) == [line])
        #expect(report.rows == 232 && report.total == 231)
    }

    @Test(
        .enabled(
            if: hasSharedData("wuhan-geo/divisions_areacity2025_4201.csv"), "public data is not beside the repository"))
    func aRealFileWithAByteOrderMark() throws {
        let file = sharedData("wuhan-geo/divisions_areacity2025_4201.csv")
        let bytes = [UInt8](try Data(contentsOf: file))
        #expect(bytes.starts(with: [0xEF, 0xBB, 0xBF]))
        var reader = try CSVReader(source: .memory(bytes[...], chunk: 100))
        let header = try FileImport.header(&reader, "x.csv")
        #expect(header.first == "id")
        var row = Row()
        while let outcome = try reader.next(into: &row) {
            #expect(outcome == .row && row.ends.count == header.count)
        }
    }

    @Test func plansOverFolders() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        let inner = folder.appendingPathComponent("inner")
        try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, text) in [
            ("lifts_a.csv", liftHeader), ("lifts_b.csv", "Lift No,Sen\n"), ("other.csv", "x\n"),
            (".lifts_c.csv", liftHeader),
            ("inner/lifts_d.csv", liftHeader),
        ] {
            try Data(text.utf8).write(to: folder.appendingPathComponent(name))
        }
        let lifts = try Mapping(yaml: liftMapping, file: "lifts.yaml")
        let plan = try ImportPlan(data: folder, mappings: [lifts])
        #expect(plan.jobs.map(\.path) == ["lifts_a.csv"])
        #expect(plan.refused.map(\.file) == ["lifts_b.csv"])
        let deep = liftMapping.replacing("lifts*.csv", with: "*/lifts*.csv").replacing(
            "mapping: lifts", with: "mapping: deep")
        let deeper = try ImportPlan(data: folder, mappings: [lifts, try Mapping(yaml: deep, file: "deep.yaml")])
        #expect(deeper.jobs.map(\.path) == ["inner/lifts_d.csv", "lifts_a.csv"])
        let single = try ImportPlan(data: folder.appendingPathComponent("lifts_a.csv"), mappings: [lifts])
        #expect(single.jobs.count == 1)
        #expect(throws: ImportError.self) {
            try ImportPlan(data: folder.appendingPathComponent("no"), mappings: [lifts])
        }
    }
}
