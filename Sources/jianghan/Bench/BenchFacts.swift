import Facts
import Operations

/// Facts of 300 bytes as a fleet of vehicles would send them, made by patching digits into a template: the making costs
/// little beside what is measured.
struct BenchFacts: Sendable {
    /// Bytes of each body.
    static let bodyBytes = 300
    static let source = "device/bench"
    /// Different subjects that the facts are about.
    static let subjects = 2000

    private let template: [UInt8]
    private let idPlace: Int
    private let subjectPlace: Int

    /// The type that these facts have, so that a bench needs no scenario on disk.
    static func scenario() throws -> Scenario {
        try Scenario(
            yaml: """
                scenario: bench
                version: 1
                facts:
                  bench.position:
                    subject: vehicle
                    crs: [wgs84]
                    data:
                      position: {type: point}
                      speed: {type: double, minimum: 0, maximum: 80}
                      heading: {type: int, minimum: 0, maximum: 359}
                      note: {type: string, maxLength: 200}
                """, file: "bench")
    }

    init(time: Int64) {
        let head = "{\"specversion\":\"1.0\",\"id\":\""
        let id = "0000000000"
        let middle = "\",\"source\":\"\(Self.source)\",\"type\":\"bench.position\",\"subject\":\"vehicle/"
        let subject = "0000"
        let tail =
            "\",\"time\":\"\(Timestamp.format(time))\",\"data\":{\"position\":[114.2712345,30.6012345],"
            + "\"speed\":13.25,\"heading\":271,\"note\":\""
        let pad = String(
            repeating: "x", count: Self.bodyBytes - (head + id + middle + subject + tail).utf8.count - 3)
        template = Array((head + id + middle + subject + tail + pad + "\"}}").utf8)
        idPlace = head.utf8.count
        subjectPlace = (head + id + middle).utf8.count
    }

    /// One fact, by its number.
    func fact(_ number: Int) -> [UInt8] {
        var bytes = template
        Self.write(number, at: idPlace, digits: 10, to: &bytes)
        Self.write(number % Self.subjects, at: subjectPlace, digits: 4, to: &bytes)
        return bytes
    }

    /// A JSON array of facts.
    func batch(_ numbers: Range<Int>) -> [UInt8] {
        var bytes: [UInt8] = [UInt8(ascii: "[")]
        bytes.reserveCapacity(numbers.count * (Self.bodyBytes + 1) + 2)
        for number in numbers {
            let start = bytes.count
            bytes += template
            Self.write(number, at: start + idPlace, digits: 10, to: &bytes)
            Self.write(number % Self.subjects, at: start + subjectPlace, digits: 4, to: &bytes)
            bytes.append(UInt8(ascii: ","))
        }
        bytes[bytes.count - 1] = UInt8(ascii: "]")
        return bytes
    }

    private static func write(_ number: Int, at place: Int, digits: Int, to bytes: inout [UInt8]) {
        var rest = number
        for offset in stride(from: digits - 1, through: 0, by: -1) {
            bytes[place + offset] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
    }
}
