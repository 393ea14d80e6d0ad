/// One member of a fact's data.
struct FieldRule: Sendable {
    enum Kind: Sendable {
        case string, int, double, bool
        case time([TimePattern])
        case point([Point.Form])
    }

    enum Origin: Sendable {
        /// JSON text that is the same in every fact.
        case constant([UInt8])
        case column(Int)
        case pair(lon: Int, lat: Int)
        /// A string with columns in it.
        case template(Template)
    }

    /// `"name":`, ready to write.
    let label: [UInt8]
    let origin: Origin
    let kind: Kind
    let unit: UnitConversion?
    /// What the file's value stands for.
    let lookup: [[UInt8]: [UInt8]]?
    /// For values that are not in the lookup table.
    let otherwise: [UInt8]?
    let optional: Bool

    /// Columns used.
    var columns: [Int] {
        switch origin {
        case .constant: []
        case .column(let index): [index]
        case .pair(let lon, let lat): [lon, lat]
        case .template(let template): template.columns
        }
    }
}
