import Facts
import Testing

@testable import District

@Suite("Seals")
struct SealTests {
    /// 2026-11-24T16:00:00Z: midnight in Wuhan.
    static let midnight: Int64 = 1_795_536_000_000

    @Test("at local midnight the digest of the state is sealed, and again only after something happened")
    func nightly() throws {
        var story = Story()
        try story.say("district.founded", by: District.platformSource, about: "江汉", Story.founding())
        #expect(story.district.nextDue == Self.midnight)
        try story.wait(Self.midnight - Story.start - 1)
        #expect(story.demanded.isEmpty)
        let digest = story.district.digest
        try story.wait(1)
        let seal = try #require(story.demanded.first)
        #expect(story.demanded.map(\.shown) == ["system.sealed 江汉"])
        #expect(seal.time == Self.midnight && seal.cause == 0 && seal.id == "1" && seal.source == "system/seal")
        #expect(seal.data == .object([.init("size", .integer(1)), .init("digest", .string(digest))]))
        #expect(story.district.seal?.index == 1 && story.district.seal?.digest == digest)
        #expect(story.district.nextDue == nil)
        try story.wait(Story.day * 3)
        #expect(story.demanded.isEmpty)
        try story.register("device/a")
        #expect(story.district.nextDue == Self.midnight + Story.day * 4)
    }

    @Test(
        "local midnight, east and west of UTC",
        arguments: [
            (480, 1_795_536_000_000), (0, 1_795_564_800_000), (-480, 1_795_507_200_000 + 86_400_000),
            (-479, 1_795_507_140_000 + 86_400_000),
            (-1440, 1_795_564_800_000), (330, 1_795_545_000_000),
        ] as [(Int, Int64)])
    func offsets(_ offset: Int, _ due: Int64) throws {
        var story = Story()
        try story.say("district.founded", by: District.platformSource, about: "x", Story.founding(offset: offset))
        #expect(story.district.nextDue == due)
    }

    @Test("on request, with the request in the sealed state; the night's seal is not needed then")
    func requested() throws {
        var story = Story()
        try story.say("district.founded", by: District.platformSource, about: "x", Story.founding())
        try story.say("seal.requested", about: "x", "{\"reason\":\"release\"}")
        let before = try story.replayed(from: District()).size
        #expect(before == 3 && story.demanded.map(\.type) == ["system.sealed"])
        #expect(story.demanded.first?.cause == 1 && story.demanded.first?.data["size"] == .integer(2))
        var until = District()
        for logged in story.facts.prefix(2) { until.apply(logged) }
        #expect(story.demanded.first?.data["digest"]?.string == until.digest)
        #expect(story.district.nextDue == nil)
    }

    @Test("several nights missed are one seal; silences that were due before it come before it")
    func lateNight() throws {
        var story = try Story.founded()
        try story.wait(Story.day * 3)
        #expect(story.demanded.map(\.type) == ["source.silent", "source.silent", "system.sealed"])
    }

    @Test("a fact that comes after midnight comes behind the seal")
    func order() throws {
        var story = Story()
        try story.say("district.founded", by: District.platformSource, about: "x", Story.founding())
        story.now = Self.midnight + 5
        try story.say("seal.requested", about: "x")
        #expect(
            story.facts.map { $0.fact.type }
                == [PlatformType.founded, .sealed, .sealRequested, .sealed].map(\.rawValue))
    }
}
