import Facts
import Testing

@testable import District

@Suite("Sources")
struct SourceTests {
    @Test("given a registered source, then it counts what it says")
    func activity() throws {
        var story = try Story.founded()
        story.now += 5_000
        try story.say("lamp.failed", by: "device/a", about: "lamp/1", "{}", ",\"sequence\":7")
        try story.say("lamp.failed", by: "device/a", about: "lamp/1", "{}", ",\"sequence\":5")
        let number = try #require(story.district.sources.number(of: "device/a"))
        let activity = story.district.sources.activities[number]
        #expect(activity.facts == 2 && activity.sequence == 7 && activity.lastReceived == story.now)
        #expect(activity.lastIndex == story.district.size - 1)
    }

    @Test("given a source registered anew, what its old token or key let in is refused")
    func admission() throws {
        var story = try Story.founded()
        let number = try #require(story.district.sources.number(of: "device/a"))
        let old = story.district.sources.registrations[number].index
        var waiting = try FactReader(schemas: story.district.schemas, now: nil).read(
            story.body("lamp.failed", by: "device/a", about: "lamp/1", "{}"))
        waiting.admission = old
        #expect(story.district.refusal(of: waiting) == nil)
        try story.say("source.revoked", about: "device/a")
        try story.register("device/a")
        let refused = story.district.refusal(of: waiting)
        #expect(refused?.code == .revoked && refused?.field == "source")
    }

    @Test("a token names one source")
    func sharedToken() throws {
        var story = try Story.founded()
        let shared = "{\"role\":\"device\",\"tokenHash\":\"\(Story.hash(of: "device/a"))\"}"
        let refused = try story.refusal("source.registered", about: "device/twin", shared)
        #expect(refused?.code == .conflict && refused?.field == "data.tokenHash")
    }

    @Test("who may say what")
    func roles() throws {
        var story = try Story.founded()
        try story.register("crew/1", role: "crew")
        try story.register("reg/1", role: "regulator")
        try story.say("lamp.mended", by: "crew/1", about: "lamp/1")
        let device = try story.refusal("lamp.mended", by: "device/a", about: "lamp/1")
        #expect(device?.code == .forbidden && device?.field == "source")
        #expect(device?.rule == "a device may not say lamp.mended; one of: crew")
        #expect(try story.refusal("lamp.failed", by: "reg/1", about: "lamp/1")?.code == .forbidden)
        #expect(
            try story.refusal("scenario.adopted", by: "crew/1", about: "x", "{\"version\":1,\"facts\":{}}")?.code
                == .forbidden)
        let unknown = try story.refusal("lamp.failed", by: "device/none", about: "lamp/1")
        #expect(unknown?.code == .unauthenticated && unknown?.field == "source")
        let cause = try story.refusal("lamp.failed", by: "device/a", about: "lamp/1", "{}", ",\"cause\":1")
        #expect(cause?.code == .forbidden && cause?.field == "cause")
        let escaped = try story.refusal("lamp.failed", by: "device/a", about: "lamp/1", "{}", ",\"c\\u0061use\":1")
        #expect(escaped?.field == "cause")
    }

    @Test("what only the rules say, nobody says from outside; an upgrade only the platform")
    func consequencesFromOutside() throws {
        var story = try Story.founded()
        try story.register("system/other", role: "system")
        let seal = "{\"size\":1,\"digest\":\"x\"}"
        let silent = "{\"lastReceived\":\"2026-01-01T00:00:00Z\",\"lastIndex\":1,\"silentAfterSeconds\":1}"
        let resumed = "{\"silentSince\":\"2026-01-01T00:00:00Z\"}"
        for source in [District.platformSource, "system/other"] {
            for (type, data) in [("system.sealed", seal), ("source.silent", silent), ("source.resumed", resumed)] {
                #expect(
                    try story.refusal(type, by: source, about: "device/a", data)?.code == .forbidden,
                    "\(type) by \(source)")
            }
        }
        #expect(
            try story.refusal("system.upgraded", by: "system/other", about: "x", "{\"foldVersion\":9}")?.code
                == .forbidden)
        try story.say("system.upgraded", by: District.platformSource, about: "x", "{\"foldVersion\":2}")
        #expect(story.district.spanFoldVersion == 2)
    }

    @Test(
        "registration: each breach names its field",
        arguments: [
            ("a b", "{\"role\":\"device\",\"tokenHash\":\"HASH\"}", "subject", "no blanks"),
            ("rule/x", "{\"role\":\"device\",\"tokenHash\":\"HASH\"}", "subject", "kept"),
            ("system/seal", "{\"role\":\"system\",\"tokenHash\":\"HASH\"}", "subject", "kept"),
            ("system/operator", "{\"role\":\"system\",\"tokenHash\":\"HASH\"}", "subject", "registered already"),
            (
                "device/a", "{\"role\":\"device\",\"tokenHash\":\"HASH\"}", "subject",
                "registered already; revoke it first"
            ),
            ("x", "{\"role\":\"device\"}", "data", "needs a tokenHash or a key"),
            ("x", "{\"role\":\"devise\",\"tokenHash\":\"HASH\"}", "data.role", "must be one of"),
            ("x", "{\"role\":\"device\",\"tokenHash\":\"abc\"}", "data.tokenHash", "SHA-256"),
            ("x", "{\"role\":\"device\",\"tokenHash\":\"UPPER\"}", "data.tokenHash", "lower-case"),
            ("x", "{\"role\":\"device\",\"tokenHash\":\"WIDE\"}", "data.tokenHash", "SHA-256"),
            ("x", "{\"role\":\"device\",\"key\":\"EdDSA:AAAA\"}", "data.key", "EdDSA: or ES256:"),
            ("x", "{\"role\":\"device\",\"key\":\"\"}", "data.key", "EdDSA: or ES256:"),
            (
                "x", "{\"role\":\"device\",\"tokenHash\":\"HASH\",\"silentAfterSeconds\":0}", "data.silentAfterSeconds",
                "minimum 1"
            ),
        ])
    func registration(_ id: String, _ data: String, _ field: String, _ rule: String) throws {
        var story = try Story.founded()
        let wide = String(repeating: "a", count: 61) + "\u{FF11}"
        let data = data.replacingOccurrences("HASH", Story.hash).replacingOccurrences("UPPER", Story.hash.uppercased())
            .replacingOccurrences("WIDE", wide)
        let refusal = try story.refusal("source.registered", about: id, data)
        #expect(refusal?.field == field && refusal?.rule.contains(rule) == true, "\(String(describing: refusal))")
    }

    @Test("given a revoked source, then it may not speak, and may be registered anew under its number")
    func revocation() throws {
        var story = try Story.founded()
        let number = try #require(story.district.sources.number(of: "device/a"))
        let version = story.district.sources.version
        try story.say("source.revoked", about: "device/a")
        #expect(story.district.sources.registrations[number].isRevoked && story.district.sources.version > version)
        #expect(try story.refusal("lamp.failed", by: "device/a", about: "lamp/1")?.code == .revoked)
        #expect(try story.refusal("source.revoked", about: "device/a")?.rule.contains("revoked already") == true)
        #expect(try story.refusal("source.revoked", about: "device/none")?.rule.contains("no source") == true)
        #expect(
            try story.refusal("source.revoked", about: District.operatorSource)?.rule.contains("platform itself")
                == true)
        try story.register("device/a", role: "crew")
        #expect(story.district.sources.number(of: "device/a") == number)
        #expect(story.district.sources.registrations[number].role == .crew)
        try story.say("lamp.mended", by: "device/a", about: "lamp/1")
    }

    @Test("the longest id that may be registered can fall silent")
    func longestID() throws {
        var story = try Story.founded()
        let id = String(repeating: "\\\"", count: 128)
        try story.register(id, silentAfter: 1)
        try story.wait(2_000)
        #expect(story.demanded.map(\.type) == ["source.silent"])
        #expect(
            try story.refusal("source.registered", about: id + "x", "{\"role\":\"device\"}")?.rule.contains("128 ASCII")
                == true)
    }
}

extension String {
    fileprivate func replacingOccurrences(_ word: String, _ other: String) -> String {
        split(separator: word, omittingEmptySubsequences: false).joined(separator: other)
    }
}
