import Facts

/// The types that the platform itself speaks; they stand before every scenario's in the schemas of every log.
enum PlatformType: Int, CaseIterable {
    case founded
    case adopted
    case registered
    case revoked
    case silent
    case resumed
    case sealRequested
    case sealed
    case upgraded

    /// The schema. A change of one of these is a new version of the fold.
    private var definition: (name: String, schema: String) {
        switch self {
        case .founded:
            (
                "district.founded",
                """
                {"subject":"district","by":["system"],"decision":true,"data":{
                "origin":{"type":"string"},"verifierKey":{"type":"string"},"foldVersion":{"type":"int","minimum":1},
                "utcOffsetMinutes":{"type":"int","minimum":-1440,"maximum":1440},"simulated":{"type":"bool"},
                "planeLongitude":{"type":"int"},"planeLatitude":{"type":"int"},
                "planeMillimetresPerDegreeEast":{"type":"int"},"planeMillimetresPerDegreeNorth":{"type":"int"}}}
                """
            )
        case .adopted:
            (
                "scenario.adopted",
                """
                {"subject":"scenario","by":["administrator","system"],"decision":true,"data":{
                "version":{"type":"int","minimum":1},"facts":{"type":"json"},
                "author":{"type":"string","required":false}}}
                """
            )
        case .registered:
            (
                "source.registered",
                """
                {"subject":"source","by":["administrator","system"],"decision":true,"data":{
                "role":{"type":"string","values":["device","gateway","crew","inspector","resident","dispatcher",\
                "supervisor","regulator","administrator","system"]},
                "tokenHash":{"type":"string","required":false},"key":{"type":"string","required":false},
                "silentAfterSeconds":{"type":"int","minimum":1,"maximum":31536000,"required":false}}}
                """
            )
        case .revoked:
            (
                "source.revoked",
                """
                {"subject":"source","by":["administrator","system"],"decision":true,"data":{
                "reason":{"type":"string","required":false}}}
                """
            )
        case .silent:
            (
                "source.silent",
                """
                {"subject":"source","by":["system"],"data":{
                "lastReceived":{"type":"time"},"lastIndex":{"type":"int"},"silentAfterSeconds":{"type":"int"}}}
                """
            )
        case .resumed:
            (
                "source.resumed",
                """
                {"subject":"source","by":["system"],"data":{"silentSince":{"type":"time"}}}
                """
            )
        case .sealRequested:
            (
                "seal.requested",
                """
                {"subject":"district","by":["administrator","system"],"decision":true,"data":{
                "reason":{"type":"string","required":false}}}
                """
            )
        case .sealed:
            (
                "system.sealed",
                """
                {"subject":"district","by":["system"],"data":{"size":{"type":"int"},"digest":{"type":"string"}}}
                """
            )
        case .upgraded:
            (
                "system.upgraded",
                """
                {"subject":"district","by":["system"],"data":{"foldVersion":{"type":"int","minimum":1}}}
                """
            )
        }
    }

    var name: String { definition.name }

    /// All of them in the order of their numbers.
    static let all: [FactType] = {
        let members = allCases.map { type in
            // The texts above are constants; PlatformTypesTests reads each one.
            let schema = (try? JSONValue(parsing: Array(type.definition.schema.utf8))) ?? .null
            return JSONValue.Member(type.name, schema)
        }
        return (try? FactType.types(in: .object(members))) ?? []
    }()

    /// The slot of a member of `data`; known to exist, since the schema stands above.
    func slot(_ name: String) -> Int { Self.all[rawValue].slot(named: name) ?? 0 }
}
