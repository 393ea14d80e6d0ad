import Foundation
import Testing

@testable import Sensing

/// From rows to facts, and each reason to refuse one.
@Suite struct RowTests {
    @Test func oneRow() throws {
        let result = try read(
            liftHeader + "L7,2026-11-24 08:00:00,moving,30, 12 ,\"(30.6, 114.25)\",114.250,30.60,true,13800001111\n")
        #expect(result.refusals.isEmpty)
        #expect(
            result.json == [
                #"{"specversion":"1.0","id":"L7-2026-11-24 08:00:00","source":"system/import/lifts","type":"lift.reported","subject":"lift/L7","time":"2026-11-24T00:00:00Z","data":{"state":"M","speed":13.4112,"floor":12,"place":[114.25,30.6],"at":[114.25,30.6],"alarm":true,"area":"0007"},"private":{"phone":13800001111}}"#,
                #"{"specversion":"1.0","id":"known-L7","source":"system/import/lifts","type":"lift.known","subject":"lift/L7","time":"2019-12-31T16:00:00Z","data":{"area":"0007","alarm":true}}"#,
            ])
        #expect(result.facts.map(\.line) == [2, 2])
        #expect(result.facts.first?.time == 1_795_478_400_000)
    }

    @Test func absentValuesLeaveNoTrace() throws {
        let result = try read(liftHeader + "L7,1700000000123,NA,,NA,,,,,\n")
        #expect(
            result.json == [
                #"{"specversion":"1.0","id":"L7-1700000000123","source":"system/import/lifts","type":"lift.reported","subject":"lift/L7","time":"2023-11-14T22:13:20.123Z","data":{"area":"0007"}}"#
            ])
    }

    @Test(arguments: [
        (",2026-11-24 08:00:00,,,,,,,,", "lifts.csv:2: Lift No: has no value"),
        ("x7,2026-11-24 08:00:00,,,,,,,,", "lifts.csv:2: Lift No: \"x7\" does not match /[A-Z][0-9]+/"),
        ("L7,2026-11-24 08:00:00,idle,,,,,,,", "lifts.csv:2: State: \"idle\" is none of stopped, moving"),
        ("L7,2026-11-24 08:00:00,,31,,,,,,", "lifts.csv:2: Speed: \"31\" is above 30.0"),
        ("L7,2026-11-24 08:00:00,,-1,,,,,,", "lifts.csv:2: Speed: \"-1\" is below 0.0"),
        ("L7,2026-11-24 08:00:00,,fast,,,,,,", "lifts.csv:2: Speed: \"fast\" is not a number"),
        ("L7,2026-11-24 08:00:00,,1e999,,,,,,", "lifts.csv:2: Speed: \"1e999\" is not a number"),
        ("L7,2026-11-24 08:00:00,,nan,,,,,,", "lifts.csv:2: Speed: \"nan\" is not a number"),
        ("L7,2026-11-24 08:00:00,,0x1,,,,,,", "lifts.csv:2: Speed: \"0x1\" is not a number"),
        ("L7,2026-11-24 08:00:00,,,,,,,", "lifts.csv:2: Phone: the row has 9 fields, the header 10"),
        ("L7,2026-11-24 08:00:00,,,,,,,,,", "lifts.csv:2: the row has 11 fields, the header 10"),
        ("L7,2026-11-24 08:00:00,,,,,\"1,,,", "lifts.csv:2: Lon: the quote opened on this line is never closed"),
    ])
    func wholeRowsRefused(_ row: String, _ reason: String) throws {
        let result = try read(liftHeader + row + "\nL8,1700000000000,,,,,,,,\n")
        #expect(result.reasons == [reason])
        #expect(result.facts.map(\.id) == ["L8-1700000000000"])
        #expect(result.report.rows == 2 && result.report.refusals == 1)
    }

    @Test(arguments: [
        (",,,,,,,true,", "Seen: has no value, and the id needs it"),
        ("24.11.2026,,,,,,,true,", "Seen: \"24.11.2026\" is no time of the form yyyy-MM-dd HH:mm:ss or unix-ms"),
        (
            "1986-05-04 02:30:00,,,,,,,true,",
            "Seen: \"1986-05-04 02:30:00\" does not exist in Asia/Shanghai: the clocks were put forward over it"
        ),
        ("999999999999999999,,,,,,,true,", "Seen: \"999999999999999999\" lies outside the years 1 to 9999"),
        ("1700000000000,,,1.5,,,,true,", "Floor: \"1.5\" is not a whole number"),
        ("1700000000000,,,+5,,,,true,", "Floor: \"+5\" is not a whole number"),
        ("1700000000000,,,9223372036854775808,,,,true,", "Floor: \"9223372036854775808\" is not a whole number"),
        (
            "1700000000000,,,,\"(95, 114)\",,,true,",
            "Place: \"(95, 114)\" is no point on the globe of the form lat-lon or wkt"
        ),
        (
            "1700000000000,,,,\"30.5, 114.2, 3\",,,true,",
            "Place: \"30.5, 114.2, 3\" is no point on the globe of the form lat-lon or wkt"
        ),
        ("1700000000000,,,,,181,30,true,", "Lon: \"181\" is no longitude in degrees"),
        ("1700000000000,,,,,114,-91,true,", "Lat: \"-91\" is no latitude in degrees"),
        ("1700000000000,,,,,,,true,0138-secret", "Phone: the value (personal, not shown) is not a whole number"),
        ("\"a\u{1}b\",,,,,,,true,", "Seen: has a control character, which the id must not"),
        ("\"a\u{85}b\",,,,,,,true,", "Seen: has a control character, which the id must not"),
    ])
    func singleFactsRefused(_ rest: String, _ reason: String) throws {
        let result = try read(liftHeader + "L7," + rest + "\n")
        #expect(result.reasons == ["lifts.csv:2: \(reason) (lift.reported)"])
        // The other fact of the row stands.
        #expect(result.facts.map(\.id) == ["known-L7"])
    }

    @Test func aBadTruthValue() throws {
        let result = try read(liftHeader + "L7,1700000000000,,,,,,,perhaps,\n")
        #expect(result.reasons.first == "lifts.csv:2: Alarm: \"perhaps\" is neither true nor false (lift.reported)")
        #expect(result.reasons.count == 2)
    }

    @Test func lookupTables() throws {
        let yaml = liftMapping.replacing("  State:    {values: [stopped, moving]}", with: "  State:    {}")
        let strict = try read(liftHeader + "L7,1700000000000,idle,,,,,,,\n", through: yaml)
        #expect(strict.reasons == ["lifts.csv:2: State: \"idle\" is not in the table of values (lift.reported)"])
        let lenient = yaml.replacing("values: {stopped: S, moving: M}", with: "values: {stopped: S}, otherwise: X")
        #expect(
            try read(liftHeader + "L7,1,idle,,,,,,,\n", through: lenient).json.first?.contains(#""state":"X""#) == true)
    }

    @Test func personalValuesStayOutOfReasons() throws {
        let secret = "电话13800001111"
        let checked = liftMapping.replacing("  Phone:    {}", with: "  Phone:    {pattern: \"[0-9]+\"}")
        for yaml in [liftMapping, checked] {
            let result = try read(liftHeader + "L7,1700000000000,,,,,,,,\(secret)\n", through: yaml)
            #expect(result.refusals.count == 1)
            #expect(result.reasons.allSatisfy { !$0.contains(secret) && !$0.contains("1380") }, "\(result.reasons)")
        }
    }

    @Test func longValuesAreCutInReasons() throws {
        let long = String(repeating: "汉", count: 500)
        let reason = try #require(try read(liftHeader + "\(long),,,,,,,,,\n").reasons.first)
        #expect(reason.utf8.count < 150)
    }

    @Test func onceAcrossRows() throws {
        let result = try read(
            liftHeader + "L7,1,,,,,,,true,\nL7,2,,,,,,,true,\nL7,3,,,,,,,false,\nL8,4,,,,,,,false,\n")
        #expect(result.facts.filter { $0.type == "lift.known" }.map(\.line) == [2, 5])
        #expect(result.report.repeated == 1)
        #expect(
            result.reasons == [
                "lifts.csv:4: differs from the fact with the same id that line 2 gave (lift.known)"
            ])
        #expect(result.report.facts == ["lift.reported": 4, "lift.known": 2])
        #expect(result.report.total == 6)
    }

    @Test func sortedByTimeAndStable() throws {
        let rows = liftHeader + "L1,30,,,,,,,,\nL2,10,,,,,,,,\nL3,30,,,,,,,,\nL4,20,,,,,,,,\nL5,10,,,,,,,,\n"
        let sorted = liftMapping.replacing("order: file", with: "order: time")
        #expect(try read(rows, through: sorted).facts.map(\.line) == [3, 6, 5, 2, 4])
        #expect(try read(rows).facts.map(\.line) == [2, 3, 4, 5, 6])
    }

    @Test func timesThatExistTwiceAreCounted() throws {
        let result = try read(
            liftHeader
                + "L7,1986-09-14 00:30:00,,,,,,,,\nL7,1986-09-14 01:30:00,,,,,,,,\nL8,1986-09-14 01:31:00,,,,,,,,\n")
        #expect(result.report.ambiguousTimes == 2)
        #expect(result.report.firstAmbiguousLine == 3)
        let times: [Int64] = [527_009_400_000, 527_013_000_000, 527_013_060_000]
        #expect(result.facts.map(\.time) == times)
    }

    @Test func textIsEscaped() throws {
        let yaml = liftMapping.replacing("area:  {column: Area}", with: "area:  {column: Place}")
            .replacing("      place: {column: Place, type: point, form: [lat-lon, wkt], optional: true}\n", with: "")
        let result = try read(
            liftHeader + "L7,1,,,,\"a\"\"b\\c\nd\te\u{1}\u{1F}/é汉😀\u{7F}\",,,,\n", through: yaml)
        let json = try #require(result.json.first)
        #expect(json.contains(#""area":"a\"b\\c\nd\te\u0001\u001f/é汉😀"# + "\u{7F}\""))
        let object = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
        let data = object?["data"] as? [String: Any]
        #expect(data?["area"] as? String == "a\"b\\c\nd\te\u{1}\u{1F}/é汉😀\u{7F}")
    }

    @Test func bodiesHaveALimit() throws {
        let yaml = liftMapping.replacing("area:  {column: Area}", with: "area:  {column: Place}")
            .replacing("      place: {column: Place, type: point, form: [lat-lon, wkt], optional: true}\n", with: "")
        let long = String(repeating: "x", count: 70_000)
        let result = try read(liftHeader + "L7,1,,,,\(long),,,,\nL8,1,,,,y,,,,\n", through: yaml)
        #expect(result.reasons == ["lifts.csv:2: the fact is larger than 65535 bytes (lift.reported)"])
        #expect(result.facts.count == 1)
    }

    @Test func namesAndPrivatePartsHaveLimits() throws {
        let loose = liftMapping.replacing(
            "type: int, optional: true}\n  - type: lift.known", with: "optional: true}\n  - type: lift.known")
        let long = String(repeating: "1", count: 70_000)
        let result = try read(
            liftHeader + "L7,1,,,,,,,,\(long)\nL\(long.prefix(300)),1,,,,,,,,\nL8,1,,,,,,,,\n", through: loose)
        #expect(
            result.reasons == [
                "lifts.csv:2: the private part is larger than 65535 bytes (lift.reported)",
                "lifts.csv:3: the id is longer than 256 bytes (lift.reported)",
            ])
        #expect(result.facts.map(\.id) == ["L8-1"])
    }

    @Test func readingTwiceGivesTheSameBytes() throws {
        let rows = (0..<500).map { "L\($0 % 37),\($0)000,moving,\($0 % 30).5,\($0),\"(30.\($0), 114.\($0))\",,,,\($0)" }
        let text = liftHeader + rows.joined(separator: "\r\n")
        let first = try read(text)
        #expect(first.facts.count == 500)
        #expect(try read(text).facts == first.facts)
        #expect(try read("\u{FEFF}" + text.replacing("\r\n", with: "\n")).facts == first.facts)
    }

    @Test(arguments: [
        ("", "lifts.csv: the file is empty; a header row is expected"),
        ("Lift No,Sen,State\n", "lifts.csv:1: no column \"Seen\" (mapping lifts, lifts.yaml); the nearest is \"Sen\""),
        (
            "Lift No,lift_no,Seen,State,Speed,Floor,Place,Lon,Lat,Alarm,Phone\n",
            "lifts.csv:1: column \"Lift No\" occurs 2 times (mapping lifts)"
        ),
        ("\"Lift No,Seen\n", "lifts.csv:1: the header cannot be read: the quote opened on this line is never closed"),
    ])
    func headers(_ text: String, _ expected: String) throws {
        let error = try #require(throws: ImportError.self) { try read(text) }
        #expect(error.description == expected)
    }

    @Test func otherEncodings() throws {
        // 电梯 in GB 18030, and a UTF-16 file.
        let chinese = try #require(throws: ImportError.self) { try read([0xB5, 0xE7, 0xCC, 0xDD, 0x2C, 0x61, 0x0A]) }
        #expect(chinese.reason.contains("GB18030"))
        let wide = try #require(throws: ImportError.self) { try read([0xFF, 0xFE, 0x61, 0x00]) }
        #expect(wide.reason.contains("UTF-16"))
        let packed = try #require(throws: ImportError.self) { try read([0x1F, 0x8B, 0x08, 0x00]) }
        #expect(packed.reason.contains("gzip"))
    }

    @Test func headingsOfAnotherAge() throws {
        let header = liftHeader.replacing("Lift No", with: "lift_no")
        #expect(try read(header + "L7,1,,,,,,,,\n").facts.count == 1)
    }

    @Test func unitsAreExact() throws {
        func convert(_ name: String, _ value: Double) throws -> Double {
            try #require(UnitConversion.all.first { $0.name == name }).convert(value)
        }
        #expect(try convert("mph to m/s", 60) == 26.8224)
        #expect(try convert("ft to m", 1) == 0.3048)
        #expect(try convert("us-ft to m", 3937) == 1200)
        #expect(try convert("miles to m", 1) == 1609.344)
        #expect(try convert("km/h to m/s", 36) == 10)
        #expect(try convert("F to C", 212) == 100)
        #expect(try convert("F to C", -40) == -40)
        #expect(try convert("minutes to s", 1.5) == 90)
        #expect(try abs(convert("psi to Pa", 1) - 6894.757293168361) < 1e-9)
        #expect(Set(UnitConversion.all.map(\.name)).count == UnitConversion.all.count)
    }

    @Test func shortestNumbers() {
        func text(_ value: Double) -> String {
            var json: [UInt8] = []
            JSONText.append(value, to: &json)
            return String(decoding: json, as: UTF8.self)
        }
        #expect(
            text(-0.0) == "0" && text(12) == "12" && text(0.1) == "0.1"
                && text(-122.407612731809) == "-122.407612731809")
        var random = SeededGenerator(seed: 3)
        for _ in 0..<2000 {
            let value = Double(bitPattern: random.next())
            guard value.isFinite else { continue }
            #expect(Numbers.double(Array(text(value).utf8)[...]) == value)
        }
    }
}
