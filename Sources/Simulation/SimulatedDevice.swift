/// A device of the simulated district: a source of facts with an id, and a token, of its own.
public struct SimulatedDevice: Hashable, Sendable {
    /// What it is, hence what it reports.
    public enum Kind: String, CaseIterable, Sendable {
        /// Watches a façade: `object.fell`.
        case camera
        /// `lift.moved`, `lift.stopped`.
        case lift
        /// An entrance with a lock: `access.opened`.
        case door
        /// A patrol car's terminal: `vehicle.position`.
        case car
        /// Below a gas cooker's hood: `gas.reading`.
        case gas
        /// The service desk that takes residents' reports: `report.made`.
        case desk
    }

    /// What it is.
    public let kind: Kind
    /// From 1, among its kind.
    public let number: Int

    /// A device.
    public init(kind: Kind, number: Int) {
        self.kind = kind
        self.number = number
    }

    /// The source of its facts: `device/camera-01`.
    public var id: String { "device/\(kind.rawValue)-\(twoDigits(number))" }

    /// What its facts are about; heartbeats are about the device itself, a desk's reports each about a place.
    var subject: String {
        switch kind {
        case .camera: "building/\(twoDigits(number))"
        case .lift: "lift/\(twoDigits(number))"
        case .door: "door/\(twoDigits(number))"
        case .car: "vehicle/patrol-\(twoDigits(number))"
        case .gas: "premises/\(twoDigits(number))"
        case .desk: id
        }
    }

    /// The thirty devices of the district: cameras, lifts, doors and gas sensors by six, four patrol cars, two desks.
    public static let district: [SimulatedDevice] = [
        (Kind.camera, 6), (.lift, 6), (.door, 6), (.car, 4), (.gas, 6), (.desk, 2),
    ].flatMap { kind, count in (1...count).map { SimulatedDevice(kind: kind, number: $0) } }
}
