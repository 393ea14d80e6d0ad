public import Facts

extension District {
    /// Takes one of the platform's own facts into the state.
    mutating func apply(_ type: PlatformType, _ logged: LoggedFact) {
        let fact = logged.fact
        let subject = fact.subject.map(fact.string) ?? ""
        func text(_ name: String) -> String? { fact.string(slot: type.slot(name)) }
        func integer(_ name: String) -> Int64? { fact.integer(slot: type.slot(name)) }
        switch type {
        case .founded:
            found(fact, name: subject, at: logged)
        case .adopted:
            guard let facts = fact.json(slot: type.slot("facts")), let types = try? FactType.types(in: facts),
                let version = integer("version")
            else { return }
            adopt(types, scenario: subject, version: version)
        case .registered:
            guard let role = text("role").flatMap(Role.init(rawValue:)) else { return }
            sources.register(
                SourceRegister.Registration(
                    id: subject, role: role, tokenHash: text("tokenHash"),
                    key: text("key").flatMap(SourceKey.init(text:)),
                    silentAfterMs: integer("silentAfterSeconds").map { $0 * 1000 }, index: logged.index),
                received: logged.received)
        case .revoked:
            if let number = sources.number(of: subject) { sources.revoke(number) }
        case .silent:
            if let number = sources.number(of: subject) { sources.noteSilence(of: number, since: logged.received) }
        case .resumed:
            if let number = sources.number(of: subject) { sources.noteReturn(of: number) }
        case .sealRequested:
            break
        case .sealed:
            seal = (logged.index, text("digest") ?? "")
            sealDue = nil
        case .upgraded:
            spanFoldVersion = integer("foldVersion") ?? spanFoldVersion
        }
    }

    private mutating func found(_ fact: Fact, name: String, at logged: LoggedFact) {
        func integer(_ name: String) -> Int64 { fact.integer(slot: PlatformType.founded.slot(name)) ?? 0 }
        func text(_ name: String) -> String { fact.string(slot: PlatformType.founded.slot(name)) ?? "" }
        founding = Founding(
            name: name, origin: text("origin"), verifierKey: text("verifierKey"),
            utcOffsetMinutes: integer("utcOffsetMinutes"),
            isSimulated: fact.slots[PlatformType.founded.slot("simulated")] == .bool(true),
            plane: Plane(
                longitude: integer("planeLongitude"), latitude: integer("planeLatitude"),
                millimetresPerDegreeEast: integer("planeMillimetresPerDegreeEast"),
                millimetresPerDegreeNorth: integer("planeMillimetresPerDegreeNorth")))
        spanFoldVersion = integer("foldVersion")
        for (id, role) in [(Self.platformSource, Role.system), (Self.operatorSource, Role.administrator)] {
            sources.register(
                SourceRegister.Registration(
                    id: id, role: role, tokenHash: nil, key: nil, silentAfterMs: nil, index: logged.index),
                received: logged.received)
        }
    }

    private mutating func adopt(_ adopted: [FactType], scenario: String, version: Int64) {
        // `refusal` keeps the platform's own types out of the log; a log that has them must not break the fold either.
        let types = adopted.filter { type in schemas.number(of: type.name).map { owners[$0] != nil } ?? true }
        schemas.adopt(types)
        while owners.count < schemas.types.count { owners.append(nil) }
        for type in types {
            if let number = schemas.number(of: type.name) { owners[number] = scenario }
        }
        if let known = scenarios.firstIndex(where: { Self.isSame($0.name, scenario) }) {
            scenarios[known].version = version
        } else {
            scenarios.append((scenario, version))
        }
    }

    /// By bytes: `==` holds equivalent spellings for equal, by tables that change with the Unicode version.
    private static func isSame(_ left: String?, _ right: String) -> Bool {
        left.map { $0.utf8.elementsEqual(right.utf8) } ?? false
    }

    // MARK: Refusals

    /// Why a fact may not enter the log now; nil if it may. Asked with the state that it would meet.
    ///
    /// A report whose source and schema are right is never refused, however late.
    public func refusal(of fact: Fact) -> Refusal? {
        guard fact.cause == nil else {
            return Refusal(.forbidden, field: "cause", rule: "only the platform's own consequences have a cause")
        }
        if fact.type == PlatformType.founded.rawValue {
            guard founding == nil else {
                return Refusal(.conflict, field: "type", rule: "the district is founded already")
            }
            return nil
        }
        guard founding != nil else { return Refusal(.conflict, field: "type", rule: "the district is not founded yet") }
        guard let number = fact.source.withBytes(in: fact.body, { sources.number(of: $0) }) else {
            return Refusal(.unauthenticated, field: "source", rule: "is not registered")
        }
        let source = sources.registrations[number]
        guard !source.isRevoked else { return Refusal(.revoked, field: "source", rule: "was revoked") }
        // Revoked and registered anew while it waited: what admitted it, a token or a key, is the source's no more.
        if let admission = fact.admission, admission != source.index {
            return Refusal(.revoked, field: "source", rule: "was registered anew meanwhile; send it again")
        }
        let type = schemas.types[fact.type]
        let roles = type.roles.isEmpty ? (type.kind == .report ? Role.reporters : Role.deciders) : type.roles
        guard roles.contains(source.role) else {
            let allowed = roles.map(\.rawValue).joined(separator: ", ")
            return Refusal(
                .forbidden, field: "source",
                rule: "a \(source.role.rawValue) may not say \(type.name); one of: \(allowed)")
        }
        return PlatformType(rawValue: fact.type).flatMap { refusal(of: fact, $0) }
    }

    private func refusal(of fact: Fact, _ type: PlatformType) -> Refusal? {
        let subject = fact.subject.map(fact.string) ?? ""
        switch type {
        case .registered: return refusal(ofRegistering: subject, fact)
        case .revoked:
            guard let number = sources.number(of: subject) else {
                return Refusal(.conflict, field: "subject", rule: "no source '\(subject)' is registered")
            }
            guard !sources.registrations[number].isRevoked else {
                return Refusal(.conflict, field: "subject", rule: "'\(subject)' was revoked already")
            }
            guard subject != Self.platformSource, subject != Self.operatorSource else {
                return Refusal(.conflict, field: "subject", rule: "'\(subject)' is the platform itself")
            }
            return nil
        case .adopted: return refusal(ofAdopting: subject, fact)
        case .silent, .resumed, .sealed:
            return Refusal(.forbidden, field: "type", rule: "only the rules themselves say \(type.name)")
        case .upgraded:
            guard Self.isSame(fact.string(fact.source), Self.platformSource) else {
                return Refusal(.forbidden, field: "source", rule: "only \(Self.platformSource) says \(type.name)")
            }
            return nil
        case .founded, .sealRequested: return nil
        }
    }

    private func refusal(ofRegistering id: String, _ fact: Fact) -> Refusal? {
        let isName = id.utf8.count <= 128 && id.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        // ASCII, so that no two ids look alike or are equal to one reader and not to another.
        guard !id.isEmpty, isName else {
            return Refusal(.schema, field: "subject", rule: "a source's id has 1 to 128 ASCII characters, no blanks")
        }
        // Whoever spoke as one of them could take the ids of their facts, and keep those out as repeated.
        guard !id.utf8.starts(with: "rule/".utf8), !Self.isSame(id, Self.sealSource) else {
            return Refusal(
                .schema, field: "subject", rule: "'rule/…' and '\(Self.sealSource)' are kept for the rules themselves")
        }
        if let number = sources.number(of: id), !sources.registrations[number].isRevoked {
            return Refusal(.conflict, field: "subject", rule: "'\(id)' is registered already; revoke it first")
        }
        let key = fact.string(slot: PlatformType.registered.slot("key"))
        if let key, SourceKey(text: key) == nil {
            return Refusal(.schema, field: "data.key", rule: "must be EdDSA: or ES256: and a public key in base64url")
        }
        let hash = fact.string(slot: PlatformType.registered.slot("tokenHash"))
        if let hash, hash.utf8.count != 64 || !hash.utf8.allSatisfy(Self.isHexDigit) {
            return Refusal(.schema, field: "data.tokenHash", rule: "must be a SHA-256 in lower-case hexadecimal")
        }
        guard key != nil || hash != nil else {
            return Refusal(.schema, field: "data", rule: "needs a tokenHash or a key")
        }
        if let hash, sources.registrations.contains(where: { $0.tokenHash == hash && $0.id != id }) {
            return Refusal(.conflict, field: "data.tokenHash", rule: "is another source's; a token names one source")
        }
        return nil
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }

    private func refusal(ofAdopting scenario: String, _ fact: Fact) -> Refusal? {
        let version = fact.integer(slot: PlatformType.adopted.slot("version")) ?? 0
        if let known = scenarios.first(where: { Self.isSame($0.name, scenario) }), known.version >= version {
            return Refusal(
                .conflict, field: "data.version",
                rule: "version \(known.version) of '\(scenario)' is in force; a change needs a higher one")
        }
        let types: [FactType]
        do throws(SchemaError) {
            types = try FactType.types(in: fact.json(slot: PlatformType.adopted.slot("facts")) ?? .null)
        } catch {
            return Refusal(.schema, field: (["data", "facts"] + error.path).joined(separator: "."), rule: error.rule)
        }
        for type in types {
            guard let number = schemas.number(of: type.name) else { continue }
            guard Self.isSame(owners[number], scenario) else {
                return Refusal(
                    .conflict, field: "data.facts.\(type.name)",
                    rule: "belongs to \(owners[number].map { "scenario '\($0)'" } ?? "the platform")")
            }
        }
        return nil
    }
}
