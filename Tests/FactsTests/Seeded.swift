import Foundation

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers from the same seed on every machine.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    /// The seed of this run; `JIANGHAN_SEED` sets another. Failures print it.
    static let seed = ProcessInfo.processInfo.environment["JIANGHAN_SEED"].flatMap(UInt64.init) ?? 20_170_105

    /// - Parameter stream: keeps tests of one run apart.
    init(stream: UInt64) { state = Self.seed &+ stream &* 0x632B_E59B_D9B4_E019 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    mutating func chance(_ one: Int) -> Bool { below(one) == 0 }

    mutating func pick<Element>(_ list: [Element]) -> Element { list[below(list.count)] }
}

/// Damages bytes as lines, disks and attackers do: flips, cuts, repeats, inserts, and splices of JSON's own words.
enum Mutator {
    private static let words: [[UInt8]] =
        [
            "{", "}", "[", "]", "\"", "\\", ",", ":", "\\u", "\\ud800", "\\u0000", "null", "true", "-", "1e400",
            "1e-400", "0",
            "99999999999999999999", "-0", ".5", "\"private\":{}", ",\"a\":1", " ", "\u{FEFF}", "é",
        ].map { Array($0.utf8) } + [[0], [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0x7F, 0xFF, 0xFF, 0xFF]]

    static func damage(_ original: [UInt8], _ random: inout Seeded) -> [UInt8] {
        var bytes = original
        for _ in 0...random.below(3) {
            let at = random.below(bytes.count + 1)
            switch random.below(6) {
            case 0 where at < bytes.count: bytes[at] ^= 1 << UInt8(random.below(8))
            case 1 where at < bytes.count: bytes[at] = UInt8(random.below(256))
            case 2 where at < bytes.count: bytes.removeSubrange(at..<min(bytes.count, at + 1 + random.below(8)))
            case 3: bytes.insert(contentsOf: random.pick(words), at: at)
            case 4 where at < bytes.count:
                let end = min(bytes.count, at + 1 + random.below(40))
                bytes.insert(contentsOf: Array(bytes[at..<end]), at: random.below(bytes.count + 1))
            default: if random.chance(8) { bytes.removeSubrange(at...) }
            }
        }
        return bytes
    }
}
