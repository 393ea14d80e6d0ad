import Facts
import Testing

@testable import District

@Suite("Platform types")
struct PlatformTypesTests {
    @Test("each schema parses, stands at its number and has the slots that the fold asks for")
    func parse() {
        #expect(PlatformType.all.count == PlatformType.allCases.count)
        for type in PlatformType.allCases {
            #expect(PlatformType.all[type.rawValue].name == type.name)
            #expect(District().schemas.number(of: type.name) == type.rawValue)
        }
        let asked: [(PlatformType, [String])] = [
            (
                .founded,
                [
                    "origin", "verifierKey", "foldVersion", "utcOffsetMinutes", "simulated", "planeLongitude",
                    "planeLatitude",
                    "planeMillimetresPerDegreeEast", "planeMillimetresPerDegreeNorth",
                ]
            ), (.adopted, ["version", "facts"]), (.registered, ["role", "tokenHash", "key", "silentAfterSeconds"]),
            (.sealed, ["digest", "size"]), (.upgraded, ["foldVersion"]), (.silent, ["lastReceived", "lastIndex"]),
            (.resumed, ["silentSince"]),
        ]
        for (type, names) in asked {
            for name in names {
                #expect(PlatformType.all[type.rawValue].slot(named: name) == type.slot(name), "\(name)")
            }
        }
    }

    @Test("every role can be registered")
    func roles() throws {
        var story = try Story.founded()
        for role in Role.allCases { try story.register("x/\(role.rawValue)", role: role.rawValue) }
        #expect(story.district.sources.registrations.suffix(Role.allCases.count).map(\.role) == Role.allCases)
    }
}
