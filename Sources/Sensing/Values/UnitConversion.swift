/// A conversion to the unit that facts use, with exact factors (NIST SP 811, appendix B).
struct UnitConversion: Sendable, Equatable {
    /// As the mapping writes it: `mph to m/s`.
    let name: String
    private let before: Double
    private let numerator: Double
    private let denominator: Double

    private init(_ name: String, _ numerator: Double, _ denominator: Double = 1, before: Double = 0) {
        self.name = name
        self.before = before
        self.numerator = numerator
        self.denominator = denominator
    }

    /// All conversions there are. Numerators and denominators are whole, so that one rounding is the only error.
    static let all: [UnitConversion] = [
        UnitConversion("mph to m/s", 44704, 100000),
        UnitConversion("km/h to m/s", 10, 36),
        UnitConversion("knots to m/s", 1852, 3600),
        UnitConversion("ft to m", 3048, 10000),
        UnitConversion("us-ft to m", 1200, 3937),
        UnitConversion("in to m", 254, 10000),
        UnitConversion("yd to m", 9144, 10000),
        UnitConversion("miles to m", 1_609_344, 1000),
        UnitConversion("km to m", 1000),
        UnitConversion("cm to m", 1, 100),
        UnitConversion("mm to m", 1, 1000),
        UnitConversion("sq-ft to m2", 9_290_304, 100_000_000),
        UnitConversion("F to C", 5, 9, before: -32),
        UnitConversion("ms to s", 1, 1000),
        UnitConversion("minutes to s", 60),
        UnitConversion("hours to s", 3600),
        UnitConversion("days to s", 86400),
        UnitConversion("psi to Pa", 44_482_216_152_605, 6_451_600_000),
        UnitConversion("bar to Pa", 100_000),
        UnitConversion("kPa to Pa", 1000),
    ]

    /// Whether a whole number stays whole.
    var isWhole: Bool { denominator == 1 && before == 0 }

    func convert(_ value: Double) -> Double {
        (value + before) * numerator / denominator
    }

    /// Nil on overflow. Only for conversions that are `isWhole`.
    func convert(_ value: Int64) -> Int64? {
        let (product, overflow) = value.multipliedReportingOverflow(by: Int64(numerator))
        return overflow ? nil : product
    }
}
