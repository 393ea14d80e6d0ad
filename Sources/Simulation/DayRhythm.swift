/// How busy a district is over the day, in percent of its average, by the hour of Beijing time (UTC+8, no summer time).
struct DayRhythm {
    private let percentByHour: [Int]

    /// People come and go: a quiet night, a morning and an evening peak.
    static let people = DayRhythm(percentByHour: [
        15, 8, 5, 4, 6, 20, 70, 170, 190, 120, 95, 110, 140, 110, 95, 100, 120, 185, 200, 170, 140, 110, 70, 35,
    ])

    private init(percentByHour: [Int]) {
        self.percentByHour = percentByHour
    }

    func percent(at ms: Int64) -> Int {
        percentByHour[Self.hour(ms)]
    }

    static func hour(_ ms: Int64) -> Int {
        Int((ms / 3_600_000 + 8) % 24)
    }
}
