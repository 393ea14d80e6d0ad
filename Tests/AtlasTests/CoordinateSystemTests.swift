import Testing

@testable import Atlas

@Suite struct CoordinateSystemTests {
    /// Within 1e-9° of the published formulas with the C library's sines, over China and its border.
    @Test func agreesWithTheOracle() {
        var generator = SystemRandomNumberGenerator()
        let seed = generator.next()
        var random = Numbers(seed: seed)
        var worst = 0.0
        for _ in 0..<20_000 {
            let lon = random.double(in: 70...140)
            let lat = random.double(in: 0...57)
            let forward = CoordinateSystem.gcj02.fromWGS84(lon: lon, lat: lat)
            worst = max(worst, difference(forward, Oracle.gcj02(fromWGS84: lon, lat)))
            let back = CoordinateSystem.gcj02.toWGS84(lon: lon, lat: lat)
            worst = max(worst, difference(back, Oracle.wgs84(fromGCJ02: lon, lat)))
            let baidu = BD09.fromGCJ02(lon: lon, lat: lat)
            worst = max(worst, difference(baidu, Oracle.bd09(fromGCJ02: lon, lat)))
            let fromBaidu = BD09.toGCJ02(lon: lon, lat: lat)
            worst = max(worst, difference(fromBaidu, Oracle.gcj02(fromBD09: lon, lat)))
        }
        // The documented residuals, which are far below the 1e-9° that anybody needs.
        #expect(worst < 1e-11, "seed \(seed)")
    }

    @Test(arguments: CoordinateSystem.allCases)
    func roundTrips(system: CoordinateSystem) {
        var generator = SystemRandomNumberGenerator()
        let seed = generator.next()
        var random = Numbers(seed: seed)
        for _ in 0..<5_000 {
            // Inside the rectangle by more than the shift.
            let point = (lon: random.double(in: 72.1...137.7), lat: random.double(in: 0.9...55.7))
            let shown = system.fromWGS84(lon: point.lon, lat: point.lat)
            let back = system.toWGS84(lon: shown.lon, lat: shown.lat)
            #expect(difference(point, back) < 1e-11, "seed \(seed), \(point)")
        }
    }

    @Test func outsideChinaGCJ02IsWGS84() {
        for point in [(lon: -104.9903, lat: 39.7392), (lon: 153.0251, lat: -27.4698), (lon: -43.1729, lat: -22.9068)] {
            #expect(CoordinateSystem.gcj02.toWGS84(lon: point.lon, lat: point.lat) == point)
            #expect(CoordinateSystem.gcj02.fromWGS84(lon: point.lon, lat: point.lat) == point)
        }
    }

    @Test(arguments: [CoordinateSystem.wgs84, .cgcs2000])
    func theSameSystemChangesNothing(system: CoordinateSystem) {
        #expect(system.toWGS84(lon: 114.2705, lat: 30.6005) == (114.2705, 30.6005))
        #expect(system.position(lon: 114.2705, lat: 30.6005) == Position(lon: 1_142_705_000, lat: 306_005_000))
    }

    @Test(arguments: CoordinateSystem.allCases)
    func refusesWhatIsNoPlace(system: CoordinateSystem) {
        let bad: [(Double, Double)] = [
            (.nan, 30), (114, .nan), (.infinity, 30), (114, -.infinity), (180.000001, 30), (-181, 30), (114, 90.01),
            (30.6, 114.3), (1e300, 0), (0, -1e300), (.greatestFiniteMagnitude, .greatestFiniteMagnitude),
        ]
        for (lon, lat) in bad {
            #expect(system.position(lon: lon, lat: lat) == nil, "\(lon), \(lat)")
            _ = system.toWGS84(lon: lon, lat: lat)
            _ = system.fromWGS84(lon: lon, lat: lat)
        }
    }

    @Test func theEdgesOfTheEarthArePlaces() {
        #expect(Position(longitude: 180, latitude: 90) == Position(lon: 1_800_000_000, lat: 900_000_000))
        #expect(Position(longitude: -180, latitude: -90) == Position(lon: -1_800_000_000, lat: -900_000_000))
        // BD-09 near the edge comes back from beyond it.
        #expect(CoordinateSystem.bd09.position(lon: -180, lat: 0) == nil)
        #expect(CoordinateSystem.bd09.toWGS84(lon: 0.0065, lat: 0.006).lon.isFinite)
    }

    @Test func roundsHalvesAwayFromZero() {
        #expect(Position(longitude: 0.00000005, latitude: -0.00000005) == Position(lon: 1, lat: -1))
        #expect(Position(longitude: 114.27050004, latitude: 30.6) == Position(lon: 1_142_705_000, lat: 306_000_000))
        #expect(Position(lon: 1_142_705_000, lat: 306_005_000).longitude == 114.2705)
        #expect(Position(lon: 1_142_705_000, lat: 306_005_000).latitude == 30.6005)
    }

    @Test func namesAreThoseOfTheFormat() {
        #expect(CoordinateSystem.allCases.map(\.rawValue) == ["wgs84", "gcj02", "bd09", "cgcs2000"])
    }

    /// Bits that a port of the same operations to another language gave too; they must come out everywhere.
    @Test func bitsAreFixed() {
        let gcj02 = CoordinateSystem.gcj02.toWGS84(lon: 114.2705, lat: 30.6005)
        #expect(gcj02.lon.bitPattern == 0x405C_90F7_29E2_F90A)
        #expect(gcj02.lat.bitPattern == 0x403E_9A5B_3A88_B3BE)
        let bd09 = CoordinateSystem.bd09.toWGS84(lon: 114.2705, lat: 30.6005)
        #expect(bd09.lon.bitPattern == 0x405C_908D_37A1_AD66)
        #expect(bd09.lat.bitPattern == 0x403E_98CB_8EFB_04CE)
    }

    private func difference(_ a: (lon: Double, lat: Double), _ b: (lon: Double, lat: Double)) -> Double {
        max(abs(a.lon - b.lon), abs(a.lat - b.lat))
    }
}
