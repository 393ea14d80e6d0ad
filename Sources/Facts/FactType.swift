public import Atlas

/// What facts of one type look like: the schema that a scenario gives it.
public struct FactType: Equatable, Sendable {
    /// A report says what happened and is kept even when late; a decision is refused when the state does not allow it.
    public enum Kind: String, Sendable {
        /// Something that happened.
        case report
        /// Something that somebody decided.
        case decision
    }

    /// The dotted name: `object.fell`.
    public let name: String
    /// Report or decision.
    public let kind: Kind
    /// What the subject is, in the scenario's words (`building`); nil if the type needs no subject.
    public let subject: String?
    /// The roles whose sources may say it; empty means every role that may report.
    public let roles: [Role]
    /// The coordinate systems in which its points may come; the first is taken when the fact names none.
    public let coordinateSystems: [CoordinateSystem]
    /// The members of `data`; a fact's slots stand in this order.
    public let data: [Field]
    /// The members of `private`.
    public let privateFields: [Field]
    /// The schema as it was written, for the log and for readers.
    public let source: JSONValue

    /// The slot of a member of `data`.
    public func slot(named name: String) -> Int? { data.firstIndex { $0.name == name } }
}

/// One member of `data` or `private`: its type and its limits.
public struct Field: Equatable, Sendable {
    /// The types that a member can have.
    public enum Kind: String, CaseIterable, Sendable {
        /// true or false
        case bool
        /// an integer within ±2^53
        case int
        /// a finite number
        case double
        /// text
        case string
        /// an RFC 3339 date-time
        case time
        /// a position, `[lon, lat]` in degrees
        case point
        /// the id of an asset
        case asset
        /// a URI or a digest
        case uri
        /// any JSON value, kept as it is
        case json
    }

    /// The member's name.
    public let name: String
    /// Its type.
    public let kind: Kind
    /// Whether a fact must have it.
    public let isRequired: Bool
    /// The least value of a number.
    public let minimum: Double?
    /// The greatest value of a number.
    public let maximum: Double?
    /// The longest text, in bytes of UTF-8.
    public let maximumLength: Int
    /// The values that a text may have; empty means any.
    public let values: [String]

    let nameBytes: [UInt8]
    let valueBytes: [[UInt8]]

    /// The longest text where the schema names none, in bytes.
    public static let defaultMaximumLength = 1024
}

/// What a source is to the district, and so what it may say.
public enum Role: String, CaseIterable, Sendable {
    /// A sensor, camera, lift, door or vehicle.
    case device
    /// An adapter that brings facts from elsewhere: an importer, a partner's system.
    case gateway
    /// A member of a crew.
    case crew
    /// An inspector on a round.
    case inspector
    /// A resident.
    case resident
    /// Sends crews.
    case dispatcher
    /// Files, verifies and closes.
    case supervisor
    /// Looks and verifies; says nothing.
    case regulator
    /// Admits sources and changes schemas.
    case administrator
    /// The platform itself.
    case system

    /// The roles whose sources may report where a type names none.
    public static let reporters: [Role] = allCases.filter { $0 != .regulator }
    /// The roles whose sources may decide where a type names none.
    public static let deciders: [Role] = [.dispatcher, .supervisor, .administrator, .system]
}
