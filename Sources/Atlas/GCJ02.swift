/// The published formula of GCJ-02 and its inverse.
enum GCJ02 {
    /// Semi-major axis of Krasovsky's ellipsoid, metres.
    private static let semiMajorAxis = 6_378_245.0
    /// Square of its first eccentricity.
    private static let eccentricitySquared = 0.00669342162296594323

    /// Rounds of the inverse. Each reduces the error to less than 0.9 % of what it was, since the offset changes by less
    /// than that per degree; it begins with at most 0.02°. Five leave less than 2e-12°, far below a unit of 1e-7°.
    static let inverseRounds = 5

    static func isShifted(lon: Double, lat: Double) -> Bool {
        lon >= 72.004 && lon <= 137.8347 && lat >= 0.8293 && lat <= 55.8271
    }

    static func fromWGS84(lon: Double, lat: Double) -> (lon: Double, lat: Double) {
        guard isShifted(lon: lon, lat: lat) else { return (lon, lat) }
        let shift = offset(lon: lon, lat: lat)
        return (lon + shift.lon, lat + shift.lat)
    }

    /// Fixed-point iteration w ← g − offset(w). A fixed count, so that the result never depends on a comparison of nearly
    /// equal numbers. At the border the offset is continued, hence the inverse is continuous inside the rectangle.
    static func toWGS84(lon: Double, lat: Double) -> (lon: Double, lat: Double) {
        guard isShifted(lon: lon, lat: lat) else { return (lon, lat) }
        var point = (lon: lon, lat: lat)
        for _ in 0..<inverseRounds {
            let shift = offset(lon: point.lon, lat: point.lat)
            point = (lon - shift.lon, lat - shift.lat)
        }
        return point
    }

    /// What the formula adds to a WGS-84 point, in degrees.
    private static func offset(lon: Double, lat: Double) -> (lon: Double, lat: Double) {
        let x = lon - 105
        let y = lat - 35
        let common = (20 * HalfTurns.sine(6 * x) + 20 * HalfTurns.sine(2 * x)) * 2 / 3
        let rootOfX = abs(x).squareRoot()

        var north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * rootOfX
        north += common
        north += (20 * HalfTurns.sine(y) + 40 * HalfTurns.sine(y / 3)) * 2 / 3
        north += (160 * HalfTurns.sine(y / 12) + 320 * HalfTurns.sine(y / 30)) * 2 / 3

        var east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * rootOfX
        east += common
        east += (20 * HalfTurns.sine(x) + 40 * HalfTurns.sine(x / 3)) * 2 / 3
        east += (150 * HalfTurns.sine(x / 12) + 300 * HalfTurns.sine(x / 30)) * 2 / 3

        let sine = HalfTurns.sine(lat / 180)
        let flattened = 1 - eccentricitySquared * sine * sine
        let root = flattened.squareRoot()
        let metresPerDegreeNorth =
            semiMajorAxis * (1 - eccentricitySquared) / (flattened * root) * Double.pi / 180
        let metresPerDegreeEast = semiMajorAxis / root * HalfTurns.cosine(lat / 180) * Double.pi / 180
        return (east / metresPerDegreeEast, north / metresPerDegreeNorth)
    }
}
