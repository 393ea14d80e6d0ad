/// One fact that a row can become.
struct FactRule: Sendable {
    enum When: Sendable {
        case fixed(milliseconds: Int)
        case column(Int, [TimePattern])
    }

    enum Condition: Sendable {
        case present(Int, Bool)
        case equals(Int, [[UInt8]])
        case not(Int, [[UInt8]])
    }

    let type: String
    let id: Template
    let subject: Template
    let time: When
    let conditions: [Condition]
    /// Whether several rows may give this fact.
    let once: Bool
    let data: [FieldRule]
    let personal: [FieldRule]
}
