import Facts
import Foundation

/// The schemas that fuzzed facts are read with.
enum FactSchemas {
    /// A scenario of everyday devices with points, private parts, and one type that has every kind of member.
    static let scenario = """
        scenario: fuzz
        version: 1
        facts:
          object.fell:
            subject: building
            report: true
            data:
              floor: {type: int, minimum: -5, maximum: 150}
              confidence: {type: double, minimum: 0, maximum: 1}
          access.opened:
            subject: door
            report: true
            data:
              method: {type: string, values: [card, code, phone, key]}
            private:
              person: {type: string, maxLength: 64}
          vehicle.position:
            subject: vehicle
            report: true
            crs: [wgs84, gcj02, bd09, cgcs2000]
            data:
              position: {type: point}
              speed: {type: double, minimum: 0, maximum: 70}
              heading: {type: int, minimum: 0, maximum: 359}
          device.heartbeat:
            report: true
            data:
              battery: {type: int, minimum: 0, maximum: 100, required: false}
          test.everything:
            decision: true
            by: [dispatcher]
            data:
              flag: {type: bool, required: false}
              count: {type: int, required: false}
              level: {type: double, required: false}
              name: {type: string, required: false, maxLength: 40}
              at: {type: time, required: false}
              place: {type: point, required: false}
              asset: {type: asset, required: false}
              link: {type: uri, required: false}
              any: {type: json, required: false}
            private:
              person: {type: string, required: false, maxLength: 8}
              home: {type: point, required: false}
              more: {type: json, required: false}
        """

    static let reader: FactReader = {
        guard let scenario = try? Scenario(yaml: scenario, file: "fuzz") else { broken("the fuzz scenario is read") }
        return FactReader(schemas: SchemaSet(scenario.types), now: 1_800_000_000_000)
    }()
}
