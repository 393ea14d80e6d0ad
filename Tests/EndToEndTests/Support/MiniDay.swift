import Foundation

/// An invented day of calls, in the columns of San Francisco's file of 2017: what the mapping of the example reads.
struct MiniDay {
    /// The folder with the file.
    let folder: Folder
    /// How many facts its good rows are.
    private(set) var facts = 0
    /// How many of its rows are bad.
    let badRows = 2

    private static let columns = [
        "Call Number", "Unit ID", "Incident Number", "Call Type", "Call Date", "Watch Date", "Received DtTm",
        "Entry DtTm",
        "Dispatch DtTm", "Response DtTm", "On Scene DtTm", "Transport DtTm", "Hospital DtTm", "Call Final Disposition",
        "Available DtTm", "Address", "City", "Zipcode of Incident", "Battalion", "Station Area", "Box",
        "Original Priority", "Priority", "Final Priority", "ALS Unit", "Call Type Group", "Number of Alarms",
        "Unit Type",
        "Unit sequence in call dispatch", "Fire Prevention District", "Supervisor District", "Neighborhood  District",
        "Location", "RowID",
    ]

    init(calls: Int = 60, seed: UInt64 = 1) throws {
        var random = SplitMix(seed: seed)
        folder = try Folder()
        var rows = [Self.columns.joined(separator: ",")]
        for call in 0..<calls {
            let number = 180_010_000 + call
            let received = call * 1_200 + Int.random(in: 0..<600, using: &random)
            let position =
                "\"(37.7\(Int.random(in: 100...999, using: &random)), -122.4\(Int.random(in: 100...999, using: &random)))\""
            facts += 1
            for unit in 0..<Int.random(in: 1...4, using: &random) {
                // Some units are called off before they drive or arrive.
                let reached = Int.random(in: 1...6, using: &random)
                let times = (0..<5).map { $0 < reached ? Self.time(received + 60 + $0 * 200 + unit) : "" }
                facts += min(reached, 5) + 1
                rows.append(
                    ([
                        "\(number)", "E\(unit)", "\(18_000_000 + call)", "Medical Incident", "01/01/2018", "01/01/2018",
                        Self.time(received), Self.time(received + 50),
                    ] + times[0..<5] + [
                        "Code 2 Transport", Self.time(received + 2_000 + unit), "100 Block of NO ST", "San Francisco",
                        "94103",
                        "B01", "01", "2247", "3", "3", "3", unit == 0 ? "true" : "false",
                        "Potentially Life-Threatening", "1",
                        "ENGINE", "\(unit + 1)", "3", "6", "South of Market", position, "\(number)-E\(unit)",
                    ]).joined(separator: ","))
            }
        }
        // A row without a unit, and one cut off.
        rows.append(rows[1].replacingOccurrences(of: ",E0,", with: ",,"))
        rows.append("180019999,E9,1")
        try folder.write(rows.joined(separator: "\n") + "\n", to: "fire_calls_mini.csv")
    }

    /// `01/01/2018 12:08:41 AM`
    private static func time(_ seconds: Int) -> String {
        let (day, second) = (1 + seconds / 86_400, seconds % 86_400)
        let hour = second / 3_600
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "01/\(two(day))/2018 \(two((hour + 11) % 12 + 1)):\(two(second / 60 % 60)):\(two(second % 60)) "
            + (hour < 12 ? "AM" : "PM")
    }
}
