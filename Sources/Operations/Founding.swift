import District
public import Facts
import Foundation
import Ledger
import Storage

/// How a district is made: an empty store, a key, and the first facts of the log.
public struct NewDistrict: Sendable {
    /// Its name; also the last part of its log's address.
    public var name: String
    /// The origin of its checkpoints; by default made from the name.
    public var origin: String?
    /// Local time, minutes east of UTC.
    public var utcOffsetMinutes: Int64
    /// Where the local plane touches the earth, degrees.
    public var centre: (longitude: Double, latitude: Double)
    /// Whether everything in it is invented; its origin and every page say so.
    public var isSimulated: Bool
    /// What it begins with.
    public var scenarios: [Scenario]

    /// A district of that name; in Wuhan, unless told otherwise.
    public init(
        name: String, origin: String? = nil, utcOffsetMinutes: Int64 = 480,
        centre: (longitude: Double, latitude: Double) = (114.27, 30.60), isSimulated: Bool = false,
        scenarios: [Scenario] = []
    ) {
        self.name = name
        self.origin = origin
        self.utcOffsetMinutes = utcOffsetMinutes
        self.centre = centre
        self.isSimulated = isSimulated
        self.scenarios = scenarios
    }

    /// Makes the files and says the first facts; the district is closed again when this returns.
    ///
    /// - Returns: the key by which anybody can check the log's checkpoints.
    @discardableResult
    public func found(at files: DistrictFiles, clock: LogClock = .real) async throws -> String {
        // It stands in URLs as it is.
        let isName =
            (1...64).contains(name.utf8.count) && name.first?.isLetter == true
            && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
        guard isName else {
            throw OpeningError.notMade(
                "a district's name has 1 to 64 of a-z, A-Z, 0-9, '-', '_' and '.', a letter first; it stands in URLs")
        }
        let origin = origin ?? (isSimulated ? "simulated.jianghan.invalid/log/\(name)" : "jianghan.invalid/log/\(name)")
        let signer: Ed25519Signer
        do {
            signer = try Ed25519Signer.generate(name: origin)
        } catch {
            throw OpeningError.notMade("the origin '\(origin)' cannot be a key's name: no blanks, no '+'")
        }
        let folder = (files.store as NSString).deletingLastPathComponent
        if !folder.isEmpty {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        }
        let lock = try StoreLock(files)
        for path in [files.store, files.key, files.guardFile, files.people]
        where FileManager.default.fileExists(atPath: path) {
            throw OpeningError.notMade("\(path) exists already")
        }
        try checkFirstFacts(now: clock.now())
        try files.write(signer)
        let people = try PersonKeys(path: files.people, isNew: true)
        let store = try SQLiteStore(path: files.store, mode: .create)

        var fold = Fold(district: District(), tree: MerkleTree(), keys: KeyIndex(), people: people, lastSnapshot: 0)
        let now = clock.now()
        var first = OpenBatch(first: 0)
        for body in firstFacts(origin: origin, verifierKey: signer.verifierKey.text, now: now) {
            let fact = try FactReader(schemas: fold.district.schemas, now: now).read(body)
            if let refusal = fold.district.refusal(of: fact) { throw OpeningError.notMade(refusal.message) }
            try fold.append(fact, received: now, to: &first)
        }
        try store.append(first.stored)
        guard let founding = fold.district.founding else {
            throw OpeningError.notMade("the founding fact was not understood")
        }
        let district = try RunningDistrict(
            files, clock: clock, store: store, people: people, lock: lock, fold: fold, founding: founding)
        try await district.stop()
        return founding.verifierKey
    }

    /// Scenarios that do not go together are found before any file is made.
    private func checkFirstFacts(now: Int64) throws {
        var district = District()
        for body in firstFacts(origin: "", verifierKey: "", now: now) {
            let fact = try FactReader(schemas: district.schemas, now: now).read(body)
            if let refusal = district.refusal(of: fact) { throw OpeningError.notMade(refusal.message) }
            district.apply(LoggedFact(index: district.size, received: now, fact: fact))
        }
    }

    private func firstFacts(origin: String, verifierKey: String, now: Int64) -> [[UInt8]] {
        // The only trigonometry: taken once, here, and written down as integers (WGS-84, series of Snyder 1987).
        let latitude = centre.latitude * .pi / 180
        let north = 111_132.954 - 559.822 * cos(2 * latitude) + 1.175 * cos(4 * latitude)
        let east = 111_412.84 * cos(latitude) - 93.5 * cos(3 * latitude)
        let founding = FactWriter.body(
            id: "founding", source: District.platformSource, type: "district.founded", subject: name, time: now,
            data: .object([
                .init("origin", .string(origin)), .init("verifierKey", .string(verifierKey)),
                .init("foldVersion", .integer(District.foldVersion)),
                .init("utcOffsetMinutes", .integer(utcOffsetMinutes)), .init("simulated", .bool(isSimulated)),
                .init("planeLongitude", .integer(Int64((centre.longitude * 1e7).rounded()))),
                .init("planeLatitude", .integer(Int64((centre.latitude * 1e7).rounded()))),
                .init("planeMillimetresPerDegreeEast", .integer(Int64((east * 1000).rounded()))),
                .init("planeMillimetresPerDegreeNorth", .integer(Int64((north * 1000).rounded()))),
            ]))
        return [founding] + scenarios.map { $0.adoption(source: District.operatorSource, time: now) }
    }
}

extension Scenario {
    /// The fact that puts the scenario in force.
    public func adoption(source: String, time: Int64) -> [UInt8] {
        FactWriter.body(
            id: "\(name)/\(version)", source: source, type: "scenario.adopted", subject: name, time: time,
            data: .object([.init("version", .integer(version)), .init("facts", facts)]))
    }
}
