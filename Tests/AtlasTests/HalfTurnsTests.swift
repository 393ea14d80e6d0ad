import Foundation
import Testing

@testable import Atlas

@Suite struct HalfTurnsTests {
    @Test func agreesWithTheLibraryInTheFirstTurn() {
        var worst = 0.0
        for step in -40_000...40_000 {
            let angle = Double(step) / 20_000
            worst = max(worst, abs(HalfTurns.sine(angle) - sin(angle * .pi)))
            worst = max(worst, abs(HalfTurns.cosine(angle) - cos(angle * .pi)))
        }
        // The library's argument is itself rounded by up to 4e-16 here.
        #expect(worst < 1e-15)
    }

    /// The largest arguments that occur are 180 · 50/3 = 3,000 half turns.
    @Test func agreesWithTheLibraryWhereTheFormulasGo() {
        var generator = SystemRandomNumberGenerator()
        let seed = generator.next()
        var random = Numbers(seed: seed)
        for _ in 0..<200_000 {
            let angle = random.double(in: -3_100...3_100)
            // The library gets the exactly reduced angle, so that its own argument is not rounded.
            let reduced = angle - 2 * (angle / 2).rounded()
            #expect(abs(HalfTurns.sine(angle) - sin(reduced * .pi)) < 1e-15, "seed \(seed), angle \(angle)")
            #expect(abs(HalfTurns.cosine(angle) - cos(reduced * .pi)) < 1e-15, "seed \(seed), angle \(angle)")
        }
    }

    @Test func isExactAtQuarterTurns() {
        for turn in -500...500 {
            let whole = Double(turn)
            #expect(HalfTurns.sine(whole) == 0)
            #expect(HalfTurns.cosine(whole) == (turn.isMultiple(of: 2) ? 1 : -1))
            #expect(HalfTurns.cosine(whole + 0.5) == 0)
            #expect(HalfTurns.sine(whole + 0.5) == (turn.isMultiple(of: 2) ? 1 : -1))
        }
    }

    /// Bits that a port to another language gave too: another machine, compiler or C library must give them.
    @Test func bitsAreFixed() {
        #expect(HalfTurns.sine(1.0 / 3).bitPattern == 0x3FEB_B67A_E858_4CAA)
        #expect(HalfTurns.cosine(0.1).bitPattern == 0x3FEE_6F0E_1344_54FF)
        #expect(HalfTurns.sine(-907.123).bitPattern == 0x3FD8_1EA7_9622_00E7)
    }
}

/// SplitMix64, so that a failure can be run again by its seed.
struct Numbers {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func double(in range: ClosedRange<Double>) -> Double {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        let unit = Double((z ^ (z >> 31)) >> 11) / 9_007_199_254_740_992
        return range.lowerBound + unit * (range.upperBound - range.lowerBound)
    }
}
