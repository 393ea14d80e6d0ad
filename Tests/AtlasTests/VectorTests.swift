import Atlas
import Foundation
import Testing

/// Other people's vectors. Skipped where the data is absent.
@Suite(.enabled(if: SharedData.isPresent)) struct VectorTests {
    private struct Vectors: Decodable {
        struct Shift: Decodable {
            struct Case: Decodable {
                let name: String
                let wgs84: [Double]
                let gcj02: [Double]
            }
            let cases: [Case]
        }
        struct Document: Decodable {
            let gcj02: [Double]
            let wgs84: [Double]
            let cgcs2000: [Double]
            let bd09: [Double]
        }
        let eviltransform_wgs84_gcj02: Shift
        let aliyun_doc: Document
    }

    private struct City: Decodable {
        struct Coords: Decodable {
            let WGS84: [Double]
            let GCJ02: [Double]
            let BD09: [Double]
        }
        let coords: Coords
    }

    private func load<Value: Decodable>(_ type: Value.Type, _ name: String) throws -> Value {
        try JSONDecoder().decode(type, from: Data(contentsOf: SharedData.coords.appending(path: name)))
    }

    /// eviltransform: forward to 1e-6°; our inverse must hit better than its iterated one's 0.5 m.
    @Test func eviltransform() throws {
        let cases = try load(Vectors.self, "vectors.json").eviltransform_wgs84_gcj02.cases
        #expect(!cases.isEmpty)
        for vector in cases {
            let forward = CoordinateSystem.gcj02.fromWGS84(lon: vector.wgs84[0], lat: vector.wgs84[1])
            #expect(abs(forward.lon - vector.gcj02[0]) < 1e-6, "\(vector.name)")
            #expect(abs(forward.lat - vector.gcj02[1]) < 1e-6, "\(vector.name)")
            let back = CoordinateSystem.gcj02.toWGS84(lon: vector.gcj02[0], lat: vector.gcj02[1])
            #expect(metres(back, (vector.wgs84[0], vector.wgs84[1])) < 0.1, "\(vector.name)")
        }
    }

    /// One provider's documented point in all four systems, to 2 m.
    @Test func providerExample() throws {
        let point = try load(Vectors.self, "vectors.json").aliyun_doc
        let truth = (lon: point.wgs84[0], lat: point.wgs84[1])
        let cases: [(CoordinateSystem, [Double])] = [
            (.gcj02, point.gcj02), (.bd09, point.bd09), (.cgcs2000, point.cgcs2000), (.wgs84, point.wgs84),
        ]
        for (system, given) in cases {
            #expect(metres(system.toWGS84(lon: given[0], lat: given[1]), truth) < 2, "\(system)")
        }
    }

    /// 664 cities with a provider's own coordinates, which lie a constant 0.67 m from the published formula: within 1 m.
    @Test func cities() throws {
        let cities = try load([City].self, "gcoord_china_cities.json")
        #expect(cities.count == 664)
        var worst = 0.0
        for city in cities {
            let truth = (lon: city.coords.WGS84[0], lat: city.coords.WGS84[1])
            let gcj02 = city.coords.GCJ02
            let bd09 = city.coords.BD09
            worst = max(worst, metres(CoordinateSystem.gcj02.toWGS84(lon: gcj02[0], lat: gcj02[1]), truth))
            worst = max(worst, metres(CoordinateSystem.bd09.toWGS84(lon: bd09[0], lat: bd09[1]), truth))
        }
        #expect(worst < 1, "\(worst) m")
    }
}
