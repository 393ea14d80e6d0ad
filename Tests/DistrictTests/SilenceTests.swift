import Facts
import Testing

@testable import District

@Suite("Silence")
struct SilenceTests {
    @Test("due exactly at the last fact and the limit, once, with the index of that fact as its cause")
    func due() throws {
        var story = try Story.founded()
        story.now += 10_000
        try story.say("lamp.failed", by: "device/a", about: "lamp/1")
        let last = story.district.size - 1
        try story.wait(59_999)
        #expect(story.demanded.isEmpty)
        try story.wait(1)
        let silence = try #require(story.demanded.first)
        #expect(story.demanded.map(\.shown) == ["source.silent device/a"])
        #expect(silence.time == Story.start + 70_000 && silence.cause == last && silence.id == "device/a@\(last)")
        #expect(silence.source == "rule/source-silence")
        #expect(
            silence.data["lastReceived"]?.string == "2026-11-24T08:00:10Z"
                && silence.data["silentAfterSeconds"] == .integer(60))
        let number = try #require(story.district.sources.number(of: "device/a"))
        #expect(story.district.sources.activities[number].silentSince == story.now)
        try story.wait(3_600_000)
        #expect(story.demanded.map(\.shown) == ["source.silent device/b"])
        try story.wait(3_600_000)
        #expect(story.demanded.isEmpty)
    }

    @Test("given a silent source, when it speaks, then its return stands right behind that fact")
    func resumed() throws {
        var story = try Story.founded()
        try story.wait(61_000)
        story.now += 1_000
        try story.say("lamp.failed", by: "device/a", about: "lamp/1")
        let cause = story.district.size - 2
        #expect(story.demanded.map(\.shown) == ["source.resumed device/a"])
        #expect(story.demanded.first?.cause == cause && story.demanded.first?.id == "resumed@\(cause)")
        #expect(story.demanded.first?.data["silentSince"]?.string == "2026-11-24T08:01:01Z")
        try story.say("lamp.failed", by: "device/a", about: "lamp/1")
        #expect(story.demanded.isEmpty)
        try story.wait(60_000)
        #expect(story.demanded.map(\.shown).contains("source.silent device/a"), "it can fall silent again")
    }

    @Test("a fact that comes when its source's silence is due comes behind it")
    func lateFact() throws {
        var story = try Story.founded()
        story.now += 60_000
        try story.say("lamp.failed", by: "device/a", about: "lamp/1")
        #expect(story.demanded.map(\.shown) == ["source.silent device/a", "source.resumed device/a"])
        #expect(
            story.facts.suffix(3).map { $0.fact.string($0.fact.source) } == [
                "rule/source-silence", "device/a", "rule/source-silence",
            ])
    }

    @Test("equal due times fire in order of registration; a later limit later")
    func order() throws {
        var story = try Story.founded()
        for id in ["device/z", "device/m", "device/0"] { try story.register(id, silentAfter: 60) }
        try story.wait(120_000)
        #expect(
            story.demanded.map(\.subject) == ["device/a", "device/z", "device/m", "device/0", "device/b"])
    }

    @Test("a revoked source is never silent; registered anew it is, by its new limit")
    func revoked() throws {
        var story = try Story.founded()
        try story.say("source.revoked", about: "device/a")
        try story.wait(119_000)
        #expect(story.demanded.isEmpty)
        try story.register("device/a", silentAfter: 30)
        try story.wait(1_000)
        #expect(story.demanded.map(\.subject) == ["device/b"])
        try story.wait(29_000)
        #expect(story.demanded.map(\.subject) == ["device/a"])
    }

    @Test("a source registered anew with a shorter limit is not judged by the old one")
    func shorterLimit() throws {
        var story = try Story.founded()
        try story.register("device/slow", silentAfter: 1_000_000)
        try story.say("source.revoked", about: "device/slow")
        try story.register("device/slow", silentAfter: 5)
        #expect(story.district.nextDue == Story.start + 5_000)
        #expect(try District(encoded: story.district.encoded).nextDue == story.district.nextDue)
        try story.wait(5_000)
        #expect(story.demanded.map(\.subject) == ["device/slow"])
    }

    @Test("random histories: the next silence against a scan of all sources, before and after a snapshot")
    func oracle() throws {
        var random = Seeded(stream: 30)
        for _ in 0..<6 {
            var story = try Story.founded()
            for step in 0..<500 {
                story.now += Int64(random.below(random.chance(5) ? 400_000 : 9_000))
                let id = "device/\(random.below(25))"
                let known = story.district.sources.number(of: id).map { story.district.sources.registrations[$0] }
                switch (known, random.below(12)) {
                case (nil, _):
                    try story.register(
                        id, silentAfter: random.chance(6) ? nil : 1 + random.below(random.chance(3) ? 5_000 : 200))
                case (.some(let source), 0...1) where source.isRevoked:
                    try story.register(
                        id, silentAfter: random.chance(6) ? nil : 1 + random.below(random.chance(3) ? 5_000 : 200))
                case (.some(let source), 0) where !source.isRevoked: try story.say("source.revoked", about: id)
                case (.some(let source), 1...9) where !source.isRevoked:
                    try story.say("lamp.failed", by: id, about: "lamp/\(step % 9)")
                default: try story.wait(0)
                }
                let expected = Self.scan(story.district.sources)
                let next = story.district.sources.nextSilence
                #expect(
                    next?.number == expected?.number && next?.due == expected?.due, "step \(step), seed \(Seeded.seed)")
                if random.chance(10) {
                    let copy = try District(encoded: story.district.encoded).sources.nextSilence
                    #expect(
                        copy?.number == expected?.number && copy?.due == expected?.due,
                        "step \(step), seed \(Seeded.seed)")
                }
            }
            // What was said of silence: once for each pause, exactly when it was due by the state before it.
            var ids: Set<String> = []
            for logged in story.facts {
                let name = logged.fact.string(logged.fact.source) + " " + logged.fact.string(logged.fact.id)
                #expect(ids.insert(name).inserted, "\(name) stands twice, seed \(Seeded.seed)")
            }
        }
    }

    private static func scan(_ sources: SourceRegister) -> (number: Int, due: Int64)? {
        var next: (number: Int, due: Int64)?
        for (number, (registration, activity)) in zip(sources.registrations, sources.activities).enumerated() {
            guard let limit = registration.silentAfterMs, !registration.isRevoked, activity.silentSince == nil else {
                continue
            }
            let due = activity.lastReceived + limit
            if next.map({ due < $0.due }) ?? true { next = (number, due) }
        }
        return next
    }
}
