/// Sine and cosine of angles in half turns (1 = 180°), the same on every machine: + − × only.
///
/// C libraries differ in the last bits of `sin`; the formulas of GCJ-02 and BD-09 multiply their arguments by π anyway, so
/// that the reduction to an octant is exact when it is done before that multiplication.
/// Error: below 4e-16 for every angle up to 2^31 (Taylor remainders below 5e-17 at an eighth of a turn, the rest rounding).
enum HalfTurns {
    /// sin(π · angle), for |angle| < 2^31.
    static func sine(_ angle: Double) -> Double {
        // Nearest multiple of a quarter turn; the difference of close doubles is exact (Sterbenz).
        let quarters = Int64(angle * 2 + (angle < 0 ? -0.5 : 0.5))
        let rest = angle - Double(quarters) / 2
        switch quarters & 3 {
        case 0: return sineOfSmall(rest)
        case 1: return cosineOfSmall(rest)
        case 2: return -sineOfSmall(rest)
        default: return -cosineOfSmall(rest)
        }
    }

    /// cos(π · angle), for |angle| < 2^31.
    static func cosine(_ angle: Double) -> Double {
        let quarters = Int64(angle * 2 + (angle < 0 ? -0.5 : 0.5))
        let rest = angle - Double(quarters) / 2
        switch quarters & 3 {
        case 0: return cosineOfSmall(rest)
        case 1: return -sineOfSmall(rest)
        case 2: return -cosineOfSmall(rest)
        default: return sineOfSmall(rest)
        }
    }

    /// sin(π · r) for |r| ≤ 1/4: Taylor to the 15th power; the next term is (π/4)^17 / 17! = 5e-17.
    private static func sineOfSmall(_ r: Double) -> Double {
        let x = r * Double.pi
        let s = x * x
        var sum = -1 / 1_307_674_368_000.0
        sum = sum * s + 1 / 6_227_020_800.0
        sum = sum * s - 1 / 39_916_800.0
        sum = sum * s + 1 / 362_880.0
        sum = sum * s - 1 / 5_040.0
        sum = sum * s + 1 / 120.0
        sum = sum * s - 1 / 6.0
        return x + x * s * sum
    }

    /// cos(π · r) for |r| ≤ 1/4: Taylor to the 16th power; the next term is (π/4)^18 / 18! = 2e-18.
    private static func cosineOfSmall(_ r: Double) -> Double {
        let x = r * Double.pi
        let s = x * x
        var sum = 1 / 20_922_789_888_000.0
        sum = sum * s - 1 / 87_178_291_200.0
        sum = sum * s + 1 / 479_001_600.0
        sum = sum * s - 1 / 3_628_800.0
        sum = sum * s + 1 / 40_320.0
        sum = sum * s - 1 / 720.0
        sum = sum * s + 1 / 24.0
        sum = sum * s - 1 / 2.0
        return 1 + s * sum
    }
}
