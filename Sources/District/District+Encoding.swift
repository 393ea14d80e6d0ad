import Facts

extension District {
    /// The first bytes of every encoding; the number changes with the encoding.
    private static let magic = "jianghan/state/1"

    /// What is wrong with a snapshot: it is not one, or not one of this version.
    public struct SnapshotError: Error {}

    /// The state in its one encoding; what a snapshot keeps and what the digest is taken over.
    public var encoded: [UInt8] {
        var encoder = CanonicalEncoder()
        encoder.write(Self.magic)
        encoder.write(size)
        encoder.write(time)
        encoder.write(spanFoldVersion)
        encoder.write(founding) { encoder, founding in
            encoder.write(founding.name)
            encoder.write(founding.origin)
            encoder.write(founding.verifierKey)
            encoder.write(founding.utcOffsetMinutes)
            encoder.write(founding.isSimulated)
            encoder.write(founding.plane.longitude)
            encoder.write(founding.plane.latitude)
            encoder.write(founding.plane.millimetresPerDegreeEast)
            encoder.write(founding.plane.millimetresPerDegreeNorth)
        }
        encoder.write(scenarios) { encoder, scenario in
            encoder.write(scenario.name)
            encoder.write(scenario.version)
        }
        let adopted = zip(schemas.types, owners).dropFirst(PlatformType.allCases.count).map { ($0, $1) }
        encoder.write(Int64(schemas.version))
        encoder.write(adopted) { encoder, type in
            encoder.write(type.0.name)
            encoder.write(type.0.source.text)
            encoder.write(type.1) { $0.write($1) }
        }
        sources.encode(to: &encoder)
        encoder.write(seal) { encoder, seal in
            encoder.write(seal.index)
            encoder.write(seal.digest)
        }
        encoder.write(sealDue) { $0.write($1) }
        lastValues.encode(to: &encoder)
        return encoder.bytes
    }

    /// The state behind an encoding.
    public init(encoded: [UInt8]) throws(SnapshotError) {
        do {
            var decoder = CanonicalDecoder(encoded)
            try self.init(from: &decoder)
            try decoder.expectEnd()
        } catch {
            throw SnapshotError()
        }
    }

    private init(from decoder: inout CanonicalDecoder) throws {
        guard try decoder.string() == Self.magic else { throw CanonicalDecoder.Malformed() }
        size = try decoder.count()
        time = try decoder.time()
        spanFoldVersion = try decoder.signed()
        founding = try decoder.optional { decoder in
            let founding = Founding(
                name: try decoder.string(), origin: try decoder.string(), verifierKey: try decoder.string(),
                utcOffsetMinutes: try decoder.signed(), isSimulated: try decoder.bool(),
                plane: Plane(
                    longitude: try decoder.signed(), latitude: try decoder.signed(),
                    millimetresPerDegreeEast: try decoder.signed(), millimetresPerDegreeNorth: try decoder.signed()))
            guard (-1440...1440).contains(founding.utcOffsetMinutes) else { throw CanonicalDecoder.Malformed() }
            return founding
        }
        scenarios = try decoder.list { (try $0.string(), try $0.signed()) }
        let version = try decoder.count()
        let adopted = try decoder.list { decoder in
            (try decoder.string(), try decoder.data(), try decoder.optional { try $0.string() })
        }
        let members = try adopted.map { name, source, _ in
            let schema = try JSONValue(parsing: source)
            guard schema.text == source else { throw CanonicalDecoder.Malformed() }
            return JSONValue.Member(name, schema)
        }
        schemas.adopt(try FactType.types(in: .object(members)), version: Int(version))
        owners += adopted.map(\.2)
        // One type stood twice, or took the place of the platform's own.
        guard schemas.types.count == owners.count else { throw CanonicalDecoder.Malformed() }
        sources = try SourceRegister(from: &decoder)
        seal = try decoder.optional { (try $0.count(), try $0.string()) }
        sealDue = try decoder.optional { try $0.time() }
        guard size > 0 || sealDue == nil else { throw CanonicalDecoder.Malformed() }
        lastValues = try LastValues(
            from: &decoder, types: PlatformType.allCases.count..<schemas.types.count)
    }
}
