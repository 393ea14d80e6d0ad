/// What one device does when its moment comes: at most one fact, and when the next moment is.
struct DeviceBehaviour {
    /// Mean time between messages of a device over a day, ms. Rates of an invented district, chosen so that a page shows life.
    private enum Mean {
        static let fall = 4 * 3_600_000
        static let trip = 100_000
        static let opening = 120_000
        static let report = 75 * 60_000
    }

    /// A pause is drawn anew after this, so that a night's rhythm does not reach into the morning.
    private static let longestPause = 20 * 60_000

    let device: SimulatedDevice
    var random: SplitMix64
    private var route: PatrolRoute
    /// A lift's floor and its highest.
    private var floor = 1
    private let top: Int
    /// Where a lift is going, while it moves.
    private var target: Int?
    /// Car: mm/s. Gas: hundredths of a percent of the lower explosive limit.
    private var level = 0
    private var leakMinutes = 0
    private var batteryTenths: Int

    init(device: SimulatedDevice, random: SplitMix64) {
        self.device = device
        self.random = random
        route = PatrolRoute(random: &self.random)
        top = self.random.int(in: 9...33)
        batteryTenths = self.random.int(in: 300...1000)
    }

    /// How often it says that it lives, ms.
    var heartbeatMs: Int {
        switch device.kind {
        case .camera, .lift, .door: 300_000
        case .car, .gas: 600_000
        case .desk: 3_600_000
        }
    }

    /// `device.heartbeat`; devices without mains tell their battery.
    mutating func heartbeat() -> FactText {
        guard device.kind == .gas || device.kind == .door else {
            return FactText("device.heartbeat", device.id, data: "")
        }
        if random.once(in: 20) { batteryTenths -= 1 }
        if batteryTenths < 50 { batteryTenths = 1000 }  // Somebody came with a new one.
        return FactText("device.heartbeat", device.id, data: #""battery":\#(batteryTenths / 10)"#)
    }

    /// Its first moment after the start, ms.
    mutating func firstPause() -> Int {
        random.int(in: 500...60_000)
    }

    /// Acts at a moment; the pause until the next is in ms.
    mutating func act(at ms: Int64) -> (fact: FactText?, pause: Int) {
        switch device.kind {
        case .camera: sometimes(mean: Mean.fall, at: ms) { $0.fall() }
        case .door: sometimes(mean: Mean.opening, at: ms) { $0.opening() }
        case .desk: sometimes(mean: Mean.report, at: ms) { $0.report() }
        case .lift: lift(at: ms)
        case .car: car(at: ms)
        case .gas: (gasReading(), 60_000)
        }
    }

    /// A fact now, then a pause around the mean at this hour.
    private mutating func sometimes(
        mean: Int, at ms: Int64, _ fact: (inout DeviceBehaviour) -> FactText
    ) -> (fact: FactText?, pause: Int) {
        // Moments come in fixed slices; each is used with the probability that gives the mean.
        let slice = min(mean, Self.longestPause) / 4
        let chance = DayRhythm.people.percent(at: ms) * slice / (mean / 100)
        let isUsed = random.int(in: 0...9_999) < chance
        return (isUsed ? fact(&self) : nil, random.int(in: slice / 2...slice * 3 / 2))
    }

    private mutating func fall() -> FactText {
        let floor = random.int(in: 1...top)
        let confidence = random.once(in: 3) ? random.int(in: 80...99) : random.int(in: 20...79)
        return FactText(
            "object.fell", device.subject, data: #""floor":\#(floor),"confidence":\#(decimal(confidence, 2))"#)
    }

    private mutating func opening() -> FactText {
        let method = random.element(of: ["card", "card", "phone", "phone", "phone", "code", "key"])
        return FactText("access.opened", device.subject, data: #""method":"\#(method)""#, personal: person())
    }

    private mutating func report() -> FactText {
        let (category, text) = random.element(of: ReportTexts.all)
        let place = "place/crossing-\(twoDigits(random.int(in: 1...30)))-\(twoDigits(random.int(in: 1...26)))"
        return FactText(
            "report.made", place, data: #""category":"\#(category)""#,
            personal: person() + #","text":"\#(text)""#)
    }

    /// A random pseudonym of one of two hundred invented people.
    private mutating func person() -> String {
        var name = SplitMix64(seed: UInt64(random.int(in: 1...200)) &* 0x9E37_79B9)
        return #""person":"p-\#(String(name.next(), radix: 36))""#
    }

    private mutating func lift(at ms: Int64) -> (fact: FactText?, pause: Int) {
        guard let target else {
            let (fact, pause) = sometimes(mean: Mean.trip, at: ms) { $0.departure() }
            return (fact, fact == nil ? pause : abs((self.target ?? floor) - floor) * 2_500 + 3_000)
        }
        self.target = nil
        // Now and then it stands with closed doors, on the way, for a while.
        if random.once(in: 1_500) {
            let middle = (floor + target) / 2
            floor = middle == 0 ? 1 : middle
            return (stop(door: "closed"), random.int(in: 600_000...2_400_000))
        }
        floor = target
        return (stop(door: "open"), random.int(in: 8_000...20_000))
    }

    private mutating func departure() -> FactText {
        var next = random.once(in: 2) ? 1 : random.int(in: -2...top)
        if next == 0 { next = -1 }  // There is no floor 0 here.
        if next == floor { next = floor == top ? 1 : floor + 1 }
        target = next
        return FactText(
            "lift.moved", device.subject, data: #""floor":\#(floor),"target":\#(next),"door":"closed""#)
    }

    private func stop(door: String) -> FactText {
        FactText("lift.stopped", device.subject, data: #""floor":\#(floor),"door":"\#(door)""#)
    }

    /// Odd cars drive from 7 to 19, even ones at night; a parked car still says where it is.
    private mutating func car(at ms: Int64) -> (fact: FactText?, pause: Int) {
        let isDay = (7..<19).contains(DayRhythm.hour(ms))
        let isDriving = isDay == !device.number.isMultiple(of: 2)
        level = isDriving ? max(0, min(14_000, level + random.int(in: -4_000...4_300))) : 0
        if isDriving { route.drive(millimetres: level * 10, random: &random) }
        let position = "[\(decimal(route.lon, 7)),\(decimal(route.lat, 7))]"
        let fact = FactText(
            "vehicle.position", device.subject,
            data: #""position":\#(position),"speed":\#(decimal(level / 100, 1)),"heading":\#(route.heading)"#)
        return (fact, isDriving ? 10_000 : 60_000)
    }

    private mutating func gasReading() -> FactText {
        if leakMinutes > 0 {
            leakMinutes -= 1
            level = min(10_000, max(0, level + random.int(in: -50...500)))
        } else {
            level = level * 2 / 3 + random.int(in: 0...80)
            if random.once(in: 4_000) { leakMinutes = random.int(in: 4...15) }
        }
        return FactText(
            "gas.reading", device.subject, data: #""concentrationPercentLEL":\#(decimal(level, 2))"#)
    }
}
