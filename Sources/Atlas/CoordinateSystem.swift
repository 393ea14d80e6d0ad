/// The coordinate systems in which sources in China report, and their way to WGS-84.
///
/// Every result is the same on every machine, bit for bit: only + − × ÷ √ are used, which IEEE 754 fixes, and sines are
/// computed by ``HalfTurns``.
public enum CoordinateSystem: String, CaseIterable, Sendable {
    /// World Geodetic System 1984 (EPSG:4326): what satellite receivers give.
    case wgs84
    /// The shifted system of Chinese map providers (国测局坐标); the formula is the published one, on Krasovsky's ellipsoid.
    case gcj02
    /// Baidu's system (百度坐标): GCJ-02, turned and stretched a little further.
    case bd09
    /// China Geodetic Coordinate System 2000 (2000 国家大地坐标系, EPSG:4490). Its ellipsoid differs from that of WGS-84
    /// by 0.1 mm in the semi-minor axis, its frame by some decimetres of plate motion; here the two are the same.
    case cgcs2000

    /// WGS-84 degrees of a point given in this system, in degrees.
    ///
    /// Outside the rectangle of GCJ-02 (72.004…137.8347 E, 0.8293…55.8271 N) GCJ-02 is WGS-84 by its own rule; the
    /// rectangle is asked of the GCJ-02 coordinates. Numbers that are no place on earth come back unchanged.
    public func toWGS84(lon: Double, lat: Double) -> (lon: Double, lat: Double) {
        guard Position.isOnEarth(lon: lon, lat: lat) else { return (lon, lat) }
        switch self {
        case .wgs84, .cgcs2000:
            return (lon, lat)
        case .gcj02:
            return GCJ02.toWGS84(lon: lon, lat: lat)
        case .bd09:
            let shifted = BD09.toGCJ02(lon: lon, lat: lat)
            return GCJ02.toWGS84(lon: shifted.lon, lat: shifted.lat)
        }
    }

    /// The point in this system of WGS-84 degrees: the forward transform, for maps that are drawn in the system.
    /// Numbers that are no place on earth come back unchanged.
    public func fromWGS84(lon: Double, lat: Double) -> (lon: Double, lat: Double) {
        guard Position.isOnEarth(lon: lon, lat: lat) else { return (lon, lat) }
        switch self {
        case .wgs84, .cgcs2000:
            return (lon, lat)
        case .gcj02:
            return GCJ02.fromWGS84(lon: lon, lat: lat)
        case .bd09:
            let shifted = GCJ02.fromWGS84(lon: lon, lat: lat)
            return BD09.fromGCJ02(lon: shifted.lon, lat: shifted.lat)
        }
    }

    /// The position of a point given in this system, in degrees; nil if a number is not finite, or if the point or its
    /// WGS-84 equivalent lies beyond ±180 or ±90.
    public func position(lon: Double, lat: Double) -> Position? {
        guard Position.isOnEarth(lon: lon, lat: lat) else { return nil }
        let point = toWGS84(lon: lon, lat: lat)
        return Position(longitude: point.lon, latitude: point.lat)
    }
}
