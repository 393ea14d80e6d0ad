import Foundation

/// Turns local times of one zone into UTC, remembering the offset of each day.
///
/// Foundation is asked only for days not met before and for the few days around a change of the clocks.
struct LocalClock {
    /// What a local time means in UTC, in seconds since 1970.
    enum Instant: Equatable {
        case one(Int)
        /// The time exists twice, because clocks were put back; this is the first.
        case firstOfTwo(Int)
        /// The time does not exist, because clocks were put forward.
        case none
    }

    private let zone: TimeZone
    /// By day; nil when the offset changes within a day of it.
    private var offsets: [Int: Int?] = [:]
    private var lastDay: Int?
    private var lastOffset = 0

    init(zone: TimeZone) {
        self.zone = zone
    }

    /// Local seconds are counted as if the clock on the wall showed UTC.
    mutating func instant(localSeconds: Int) -> Instant {
        let day = CivilTime.floorDiv(localSeconds, 86400)
        if day == lastDay { return .one(localSeconds - lastOffset) }
        if let offset = steadyOffset(day) {
            lastDay = day
            lastOffset = offset
            return .one(localSeconds - offset)
        }
        // A change is near: of the two offsets in question, each must still hold at the instant it leads to.
        let before = offset(localSeconds - 2 * 86400)
        let after = offset(localSeconds + 2 * 86400)
        let instants = [localSeconds - before, localSeconds - after].filter { offset($0) == localSeconds - $0 }
        guard let first = instants.min(), let last = instants.max() else { return .none }
        return first == last ? .one(first) : .firstOfTwo(first)
    }

    private mutating func steadyOffset(_ day: Int) -> Int? {
        if let known = offsets[day] { return known }
        let start = offset((day - 1) * 86400)
        // Each hour of three days, so that a pair of changes close together is not missed.
        let steady = stride(from: -24, through: 48, by: 1).allSatisfy { offset(day * 86400 + $0 * 3600) == start }
        if offsets.count >= SensingLimits.cachedDays { offsets.removeAll(keepingCapacity: true) }
        offsets[day] = .some(steady ? start : nil)
        return steady ? start : nil
    }

    /// Seconds east of UTC at an instant.
    private func offset(_ seconds: Int) -> Int {
        zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds)))
    }
}
