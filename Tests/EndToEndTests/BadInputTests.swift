import Client
import Facts
import Foundation
import Testing

/// What must not get into a log: each is refused with its own status and a message that says what is wrong, and changes
/// nothing; good neighbours are kept.
@Suite(.turn) struct BadInputTests {
    private static let source = "device/camera"
    private static let good =
        #"{"specversion":"1.0","id":"g","source":"device/camera","type":"object.fell","#
        + #""subject":"building/12","time":"2026-05-04T08:00:00Z","data":{"floor":7,"confidence":0.9}}"#

    private struct Case: Sendable {
        let what: String
        let body: [UInt8]
        let status: Int
        let wrong: Wrong

        init(_ what: String, _ body: [UInt8], _ status: Int, _ code: String, _ message: String) {
            (self.what, self.body, self.status, wrong) = (what, body, status, Wrong(code, message))
        }

        /// The good fact with one spot changed.
        init(_ what: String, _ spot: String, _ change: String, _ status: Int, _ code: String, _ message: String) {
            let body = BadInputTests.good.replacingOccurrences(of: spot, with: change)
            self.init(what, Array(body.utf8), status, code, message)
        }
    }

    private static let cases: [Case] = [
        Case("no JSON", Array("{bad".utf8), 400, "malformed", "expected '\"', found 'b' (byte 1)"),
        Case("nothing", [], 400, "malformed", "expected '{', the text ends (byte 0)"),
        Case("a batch as one fact", Array("[]".utf8), 400, "malformed", "expected '{', found '[' (byte 0)"),
        Case("cut off", Array(good.utf8.dropLast()), 400, "malformed", "expected '}', the text ends (byte 165)"),
        Case(
            "deep", Array((#"{"specversion":"1.0","data":"# + String(repeating: "[", count: 100)).utf8), 400,
            "malformed",
            "nested deeper than 32 levels (byte 60)"),
        Case(
            "a name twice", "\"id\":\"g\"", "\"id\":\"g\",\"id\":\"h\"", 400, "malformed",
            "the member 'id' stands twice (byte 31)"),
        Case(
            "no UTF-8", Array(good.utf8).map { $0 == UInt8(ascii: "/") ? 0xFF : $0 }, 400, "malformed",
            "invalid UTF-8 (byte 46)"),
        Case("text for a number", "\"floor\":7", "\"floor\":\"7\"", 422, "schema", "data.floor: must be an integer"),
        Case("beyond the range", "\"floor\":7", "\"floor\":151", 422, "schema", "data.floor: maximum 150"),
        Case(
            "not in the schema", "\"floor\":7", "\"floor\":7,\"flor\":7", 422, "schema",
            "data.flor: is not in the schema of object.fell"),
        Case(
            "unknown type", "object.fell", "object.rose", 422, "unknown-type",
            "type: 'object.rose' is in no schema in force"),
        Case(
            "1970", "2026-05-04", "1970-01-01", 400, "attribute",
            "time: must not be before 2000-01-01; is the source's clock set?"),
        Case(
            "2100", "2026-05-04", "2100-01-01", 400, "attribute",
            "time: must not be more than 24 h ahead of the log's clock"),
        Case(
            "no time", "2026-05-04T08:00:00Z", "yesterday", 400, "attribute",
            "time: must be an RFC 3339 date-time (2017-01-05T08:08:41Z)"),
        Case("no id", "\"id\":\"g\",", "", 400, "attribute", "id: is required"),
        Case("another version", "\"1.0\"", "\"0.3\"", 400, "attribute", "specversion: must be \"1.0\""),
        Case(
            "another's words", "device/camera", "device/lift", 403, "forbidden",
            "source: the token belongs to 'device/camera'"),
        Case(
            "the platform's words",
            Array(
                #"{"specversion":"1.0","id":"g","source":"device/camera","type":"source.revoked","#.utf8)
                + Array(#""subject":"device/lift","time":"2026-05-04T08:00:00Z","data":{}}"#.utf8),
            403, "forbidden", "source: a device may not say source.revoked; one of: administrator, system"),
        Case(
            "a consequence", "\"time\"", "\"cause\":1,\"time\"", 403, "forbidden",
            "cause: only the platform's own consequences have a cause"),
        Case(
            "longitude", position("200,30"), 422, "schema", "data.position: longitude must be -180 to 180"),
        Case(
            "latitude", position("114,-91"), 422, "schema",
            "data.position: latitude must be -90 to 90; is the order [lon, lat]?"),
        Case(
            "2 MB", Array(repeating: UInt8(ascii: "x"), count: 2_000_000), 413, "too-large",
            "a fact has at most 131070 bytes"),
        Case(
            "9 MB", Array(repeating: UInt8(ascii: "x"), count: 9_000_000), 413, "too-large",
            "a request has at most 8388608 bytes"),
    ]

    private static func position(_ position: String) -> [UInt8] {
        Array(
            (#"{"specversion":"1.0","id":"g","source":"device/camera","type":"vehicle.position","subject":"vehicle/1","#
                + #""time":"2026-05-04T08:00:00Z","data":{"position":[\#(position)],"speed":1,"heading":2}}"#).utf8)
    }

    @Test func oneBadFactIsRefusedWithItsReason() async throws {
        let store = try await Store(devices: Self.source, "device/lift")
        let served = try await Served(store)
        let size = try await served.client.status().size
        for bad in Self.cases {
            let answer = try await served.say(bad.body, store.token(Self.source))
            #expect(answer.status == bad.status, "\(bad.what): \(answer.text)")
            #expect(answer.error == bad.wrong, "\(bad.what)")
        }
        #expect(try await served.client.status().size == size)
        try await served.stopWell()
    }

    @Test func halfABatchIsKeptInItsOrder() async throws {
        let store = try await Store(devices: Self.source)
        let served = try await Served(store)
        let size = try await served.client.status().size
        let facts: [[UInt8]] = [
            Said.fell("a", from: Self.source), Said.fell("b", from: Self.source, floor: 151),
            Said.fell("c", from: Self.source), Array(#"{"id":}"#.utf8), Said.fell("a", from: Self.source),
            Said.fell("d", from: "device/lift"), Said.fell("e", from: Self.source, time: "2100-01-01T00:00:00Z"),
            Said.fell("f", from: Self.source),
        ]
        let answer = try await served.say(batch: facts, store.token(Self.source))
        #expect(answer.status == 200)
        let answers = try #require(answer.json.elements)
        try #require(answers.count == facts.count)
        let indices = answers.map { $0["index"]?.integer.map { UInt64($0) - size } }
        #expect(indices == [0, nil, 1, nil, 0, nil, nil, 2])
        #expect(
            answers.map { $0["duplicate"]?.bool ?? false } == [false, false, false, false, true, false, false, false])
        #expect(
            answers.compactMap { $0["error"] }.map(Wrong.init) == [
                Wrong("schema", "data.floor: maximum 150"), Wrong("attribute", "id: must be a text"),
                Wrong("forbidden", "source: the token belongs to 'device/camera'"),
                Wrong("attribute", "time: must not be more than 24 h ahead of the log's clock"),
            ])
        try await served.stopWell()
        #expect(try await store.facts().filter { $0.type == "object.fell" }.map(\.id) == ["a", "c", "f"])
    }

    @Test func whoMayNotSpeakIsTurnedAway() async throws {
        var store = try await Store(devices: Self.source)
        try await store.add("device/gone")
        let served = try await Served(store)
        #expect(try await jianghan("source", "revoke", "device/gone", "--store", store.path).status == 0)
        let fact = Array(Self.good.utf8)
        let cases: [(token: String?, status: Int, wrong: Wrong)] = [
            (nil, 401, Wrong("unauthenticated", "Authorization: needs 'Bearer' and a source's token")),
            ("jh_unknown", 401, Wrong("unauthenticated", "Authorization: the token belongs to no source")),
            (
                try store.token("device/gone"), 403,
                Wrong("revoked", "Authorization: the source 'device/gone' was revoked")
            ),
        ]
        for (token, status, wrong) in cases {
            let answer = try await served.say(fact, token)
            #expect(answer.status == status)
            #expect(answer.error == wrong)
            let batch = try await served.say(batch: [fact], token)
            #expect(batch.status == status)
            #expect(batch.error == wrong)
        }
        let basic = try await served.send(
            "POST", "/facts", type: "application/cloudevents+json", headers: [("Authorization", "Basic eDp5")],
            body: fact)
        #expect(basic.error == Wrong("unauthenticated", "Authorization: must be 'Bearer' and a source's token"))
        try await served.stopWell()
    }

    @Test func aBatchThatCannotBeToldApartIsRefusedWhole() async throws {
        let store = try await Store(devices: Self.source)
        let served = try await Served(store)
        let size = try await served.client.status().size
        let fact = String(decoding: Said.fell("a", from: Self.source), as: UTF8.self)
        let tooMany = [[UInt8]](repeating: Array("{}".utf8), count: 10_001)
        let cases: [(body: [UInt8], status: Int, wrong: Wrong)] = [
            (Array(fact.utf8), 400, Wrong("malformed", "expected '[', found '{' (byte 0)")),
            (
                Array("[\(fact),1]".utf8), 400,
                Wrong("malformed", "a batch is an array of objects (byte \(fact.utf8.count + 2))")
            ),
            (
                Array("[\(fact)".utf8), 400,
                Wrong("malformed", "expected ']', the text ends (byte \(fact.utf8.count + 1))")
            ),
            (Said.batch(tooMany), 413, Wrong("too-large", "a batch has at most 10000 facts")),
        ]
        for (body, status, wrong) in cases {
            let answer = try await served.send(
                "POST", "/facts", token: store.token(Self.source), type: "application/cloudevents-batch+json",
                body: body)
            #expect(answer.status == status)
            #expect(answer.error == wrong)
        }
        let empty = try await served.say(batch: [], store.token(Self.source))
        #expect(empty.status == 200)
        #expect(empty.text == "[]")
        #expect(try await served.client.status().size == size)
        try await served.stopWell()
    }

    @Test func binaryModeIsTakenAndJudgedAlike() async throws {
        let store = try await Store(devices: Self.source)
        let served = try await Served(store)
        let token = try store.token(Self.source)
        func send(
            _ body: String, type: String = "application/json", leaving left: String? = nil,
            adding more: [(String, String)] = []
        ) async throws -> Answer {
            let headers = [
                ("ce-specversion", "1.0"), ("ce-id", "b1"), ("ce-source", Self.source), ("ce-type", "object.fell"),
                ("ce-subject", "building%2F12"), ("ce-time", Said.time),
            ].filter { $0.0 != left }
            return try await served.send(
                "POST", "/facts", token: token, type: type, headers: headers + more, body: Array(body.utf8))
        }
        let data = #"{"floor":7,"confidence":0.5}"#
        let taken = try await send(data)
        #expect(taken.status == 201)
        #expect(taken.header("Location") == "/facts/\(taken.json["index"]?.integer ?? -1)")
        #expect(try await send(data).json["duplicate"]?.bool == true)
        let kept = try await served.get(taken.header("Location") ?? "/").json["fact"]
        #expect(kept?["subject"]?.string == "building/12")
        #expect(kept?["data"]?["floor"]?.integer == 7)

        let bad: [(Answer, Int, Wrong)] = [
            (try await send("{\"floor\":7"), 400, Wrong("malformed", "data: expected '}', the text ends (byte 10)")),
            (
                try await send(data, leaving: "ce-subject"), 400,
                Wrong("attribute", "subject: is required: the building")
            ),
            (try await send(data, leaving: "ce-id"), 400, Wrong("attribute", "id: is required")),
            (
                try await send(data, type: "text/xml"), 400,
                Wrong("attribute", "Content-Type: a binary event's data is application/json")
            ),
            (
                try await send(data, adding: [("ce-id", "b2")]), 400, Wrong("attribute", "ce-id: stands twice")
            ),
            (
                try await send(data, adding: [("ce-private", "x")]), 400,
                Wrong("attribute", "ce-private: is not an attribute")
            ),
            (
                try await send(data, leaving: "ce-id", adding: [("ce-id", "%FF")]), 400,
                Wrong("attribute", "ce-id: is not percent-encoded UTF-8")
            ),
        ]
        for (answer, status, wrong) in bad {
            #expect(answer.status == status)
            #expect(answer.error == wrong)
        }
        let plain = try await served.send(
            "POST", "/facts", token: token, type: "text/plain", body: Array(Self.good.utf8))
        #expect(plain.status == 400)
        #expect(plain.error?.message.hasPrefix("Content-Type: must be application/cloudevents+json, ") == true)
        try await served.stopWell()
    }
}
