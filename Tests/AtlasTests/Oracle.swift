import Foundation

/// The published formulas with the C library's functions, written as they are usually printed.
enum Oracle {
    static func gcj02(fromWGS84 lon: Double, _ lat: Double) -> (lon: Double, lat: Double) {
        if lon < 72.004 || lon > 137.8347 || lat < 0.8293 || lat > 55.8271 { return (lon, lat) }
        return shifted(lon, lat)
    }

    private static func shifted(_ lon: Double, _ lat: Double) -> (lon: Double, lat: Double) {
        let a = 6378245.0
        let ee = 0.00669342162296594323
        let x = lon - 105.0
        let y = lat - 35.0
        var dLat = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x))
        dLat += (20.0 * sin(6.0 * x * .pi) + 20.0 * sin(2.0 * x * .pi)) * 2.0 / 3.0
        dLat += (20.0 * sin(y * .pi) + 40.0 * sin(y / 3.0 * .pi)) * 2.0 / 3.0
        dLat += (160.0 * sin(y / 12.0 * .pi) + 320 * sin(y * .pi / 30.0)) * 2.0 / 3.0
        var dLon = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x))
        dLon += (20.0 * sin(6.0 * x * .pi) + 20.0 * sin(2.0 * x * .pi)) * 2.0 / 3.0
        dLon += (20.0 * sin(x * .pi) + 40.0 * sin(x / 3.0 * .pi)) * 2.0 / 3.0
        dLon += (150.0 * sin(x / 12.0 * .pi) + 300.0 * sin(x / 30.0 * .pi)) * 2.0 / 3.0
        let radLat = lat / 180.0 * .pi
        var magic = sin(radLat)
        magic = 1 - ee * magic * magic
        let sqrtMagic = sqrt(magic)
        dLat = (dLat * 180.0) / ((a * (1 - ee)) / (magic * sqrtMagic) * .pi)
        dLon = (dLon * 180.0) / (a / sqrtMagic * cos(radLat) * .pi)
        return (lon + dLon, lat + dLat)
    }

    /// The inverse to the last bit that it reaches: many rounds.
    static func wgs84(fromGCJ02 lon: Double, _ lat: Double) -> (lon: Double, lat: Double) {
        if lon < 72.004 || lon > 137.8347 || lat < 0.8293 || lat > 55.8271 { return (lon, lat) }
        var point = (lon: lon, lat: lat)
        for _ in 0..<30 {
            let image = shifted(point.lon, point.lat)
            point = (point.lon + lon - image.lon, point.lat + lat - image.lat)
        }
        return point
    }

    static func bd09(fromGCJ02 lon: Double, _ lat: Double) -> (lon: Double, lat: Double) {
        let xPi = Double.pi * 3000.0 / 180.0
        let z = sqrt(lon * lon + lat * lat) + 0.00002 * sin(lat * xPi)
        let theta = atan2(lat, lon) + 0.000003 * cos(lon * xPi)
        return (z * cos(theta) + 0.0065, z * sin(theta) + 0.006)
    }

    static func gcj02(fromBD09 lon: Double, _ lat: Double) -> (lon: Double, lat: Double) {
        var point = (lon: lon - 0.0065, lat: lat - 0.006)
        for _ in 0..<30 {
            let image = bd09(fromGCJ02: point.lon, point.lat)
            point = (point.lon + lon - image.lon, point.lat + lat - image.lat)
        }
        return point
    }
}
