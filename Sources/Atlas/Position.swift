/// A place on the earth: WGS-84 longitude and latitude in whole 1e-7 degrees (about 11 mm on a meridian).
///
/// Integers, so that two machines never differ by a rounding and a state can be digested.
public struct Position: Hashable, Sendable {
    /// Units in a degree.
    public static let unitsPerDegree: Double = 10_000_000

    /// Longitude in 1e-7 degrees, east positive, -1,800,000,000 … 1,800,000,000.
    public let lon: Int32
    /// Latitude in 1e-7 degrees, north positive, -900,000,000 … 900,000,000.
    public let lat: Int32

    /// A position from units that are known to be in range; they are not checked.
    public init(lon: Int32, lat: Int32) {
        self.lon = lon
        self.lat = lat
    }

    /// A position from WGS-84 degrees, rounded to the nearest unit (halves away from zero); nil if a number is not
    /// finite or lies beyond ±180 or ±90.
    public init?(longitude: Double, latitude: Double) {
        // A comparison with NaN is false, so the guard refuses it too.
        guard Self.isOnEarth(lon: longitude, lat: latitude) else { return nil }
        self.init(lon: Self.units(longitude), lat: Self.units(latitude))
    }

    /// Longitude in degrees.
    public var longitude: Double { Double(lon) / Self.unitsPerDegree }
    /// Latitude in degrees.
    public var latitude: Double { Double(lat) / Self.unitsPerDegree }

    static func isOnEarth(lon: Double, lat: Double) -> Bool {
        abs(lon) <= 180 && abs(lat) <= 90
    }

    private static func units(_ degrees: Double) -> Int32 {
        Int32((degrees * unitsPerDegree).rounded(.toNearestOrAwayFromZero))
    }
}
