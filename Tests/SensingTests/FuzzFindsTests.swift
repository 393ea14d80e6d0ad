import Testing

@testable import Sensing

/// Inputs that a fuzzer found, or that its promises caught.
@Suite struct FuzzFindsTests {
    private func row(floor: String) -> String { "\(liftHeader)L7,1700000000000,,,\(floor),,,,,\n" }

    /// The platform takes integers within ±2^53; a mapping that made larger ones had its facts refused there.
    @Test(arguments: ["9007199254740993", "-9007199254740993", "9223372036854775807"])
    func largeIntegersAreRefused(floor: String) throws {
        let result = try read(row(floor: floor))
        #expect(result.facts.isEmpty)
        #expect(result.reasons.count == 1 && result.reasons[0].contains("is too large"))
    }

    @Test(arguments: ["9007199254740992", "-9007199254740992"])
    func theLargestIntegersAreTaken(floor: String) throws {
        let result = try read(row(floor: floor))
        #expect(result.json.count == 1 && result.json[0].contains("\"floor\":\(floor),"))
    }

    /// `description` writes an exponent beyond 2^53, so that no double looks like an integer that is too large.
    @Test func largeDoublesAreNoIntegers() {
        for (value, text) in [(0x1p53, "9007199254740992"), (0x1p53 + 2, "9.007199254740994e+15"), (-0.0, "0")] {
            var json: [UInt8] = []
            JSONText.append(value, to: &json)
            #expect(String(decoding: json, as: UTF8.self) == text)
        }
    }
}
