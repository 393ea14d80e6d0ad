/// Baidu's formula between GCJ-02 and BD-09: a turn of at most 3e-6 rad and a stretch of at most 2e-5° about the origin, both
/// waves of the coordinates, then a fixed shift. As published it needs `atan2`; here the turn is done by angle addition on
/// (x/ρ, y/ρ).
enum BD09 {
    private static let shiftEast = 0.0065
    private static let shiftNorth = 0.006
    /// The published x_pi = π · 3000 / 180, in half turns per degree.
    private static let wave = 3000.0 / 180

    /// Corrections after the published inverse, which evaluates the waves at the wrong point and is off by up to 0.7 m. Each
    /// reduces the error to less than 3 % of what it was; four leave less than 1e-11°.
    static let inverseRounds = 4

    static func fromGCJ02(lon: Double, lat: Double) -> (lon: Double, lat: Double) {
        let turned = turned(x: lon, y: lat, direction: 1)
        return (turned.x + shiftEast, turned.y + shiftNorth)
    }

    static func toGCJ02(lon: Double, lat: Double) -> (lon: Double, lat: Double) {
        let published = turned(x: lon - shiftEast, y: lat - shiftNorth, direction: -1)
        var point = (lon: published.x, lat: published.y)
        for _ in 0..<inverseRounds {
            let image = fromGCJ02(lon: point.lon, lat: point.lat)
            point = (point.lon + (lon - image.lon), point.lat + (lat - image.lat))
        }
        return point
    }

    /// The point at distance ρ ± 2e-5·sin(wave·y) and angle θ ± 3e-6·cos(wave·x), where (ρ, θ) are those of (x, y).
    private static func turned(x: Double, y: Double, direction: Double) -> (x: Double, y: Double) {
        let distance = (x * x + y * y).squareRoot()
        // atan2(0, 0) is 0.
        let cosine = distance > 0 ? x / distance : 1
        let sine = distance > 0 ? y / distance : 0
        let stretched = distance + direction * 0.00002 * HalfTurns.sine(y * wave)
        let angle = direction * 0.000003 * HalfTurns.cosine(x * wave)
        // |angle| ≤ 3e-6, so the next terms are below 1e-23.
        let turnCosine = 1 - angle * angle / 2
        let turnSine = angle - angle * angle * angle / 6
        return (
            stretched * (cosine * turnCosine - sine * turnSine),
            stretched * (sine * turnCosine + cosine * turnSine)
        )
    }
}
