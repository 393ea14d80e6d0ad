import Foundation
import Testing

@testable import Facts

/// The body is the exact bytes that came, without the member `private`.
@Suite("Verbatim body")
struct VerbatimBodyTests {
    @Test(
        "private first, in the middle, last",
        arguments: [
            ("{\"private\":{},REST}", "{REST}"), ("{ \"private\" : {} , REST}", "{  REST}"),
            ("{REST,\"private\":{}}", "{REST}"), ("{REST , \"private\":{} \n}", "{REST  \n}"),
            ("{REST,\n  \"private\": {\"text\":\"x\"}\n}\n", "{REST\n}\n"),
            ("{REST,\"\\u0070rivate\":{\"text\":\"x\"}}", "{REST}"),
            ("{REST,\"privat\\u0065\":{\"text\":\"x\"},\"extra\":1}", "{REST,\"extra\":1}"),
        ])
    func positions(_ pattern: String, _ expected: String) throws {
        let rest = String(Event().text.dropFirst().dropLast()).replacingOccurrences(
            of: "test.minimal", with: "test.open"
        )
        .replacingOccurrences(of: "{\"floor\":3}", with: "{\"long\":\"\\\"private\\\":{}\"}")
        let fact = try TestTypes.reader().read(
            Array(
                pattern.replacingOccurrences(of: "REST", with: rest)
                    .replacingOccurrences(of: "\"text\"", with: "\"long\"").utf8))
        #expect(String(decoding: fact.body, as: UTF8.self) == expected.replacingOccurrences(of: "REST", with: rest))
        #expect(fact.privatePart != nil)
        #expect(fact.string(fact.source) == "device/1")
        #expect(fact.string(slot: 2) == "\"private\":{}")
    }

    @Test("without private the body is all bytes, white space included")
    func whole() throws {
        let bytes = Array(" \n\(Event().text)\t ".utf8)
        let fact = try TestTypes.reader().read(bytes)
        #expect(fact.body == bytes)
        #expect(fact.privatePart == nil)
    }

    @Test("random events in random places: body, private part, slots and attributes against a slow oracle")
    func oracle() throws {
        let reader = try TestTypes.reader()
        var random = Seeded(stream: 5)
        for _ in 0..<3_000 {
            let members = Self.members(&random)
            let object = Self.join(members, &random)
            let before = random.chance(2) ? [] : Array(repeating: UInt8(0x78), count: random.below(50))
            let after = random.chance(2) ? [] : Array(repeating: UInt8(0x7B), count: random.below(50))
            let bytes = before + object + after
            let comment: Comment = "\(String(decoding: object, as: UTF8.self)), seed \(Seeded.seed)"
            let fact = try reader.read(bytes, in: before.count..<before.count + object.count)
            try Self.check(fact, of: object, comment)
        }
    }

    private static func check(_ fact: Fact, of object: [UInt8], _ comment: Comment) throws {
        let whole = try #require(try JSONSerialization.jsonObject(with: Data(object)) as? [String: Any], comment)
        let body = try #require(try JSONSerialization.jsonObject(with: Data(fact.body)) as? [String: Any], comment)
        #expect(
            body["private"] == nil && NSDictionary(dictionary: body).count == whole.filter { $0.key != "private" }.count
        )
        #expect(NSDictionary(dictionary: body).isEqual(to: whole.filter { $0.key != "private" }), comment)

        // The body is what came, less one run of bytes: the member and one comma.
        let common = zip(object, fact.body).prefix { $0 == $1 }.count
        let cutCount = object.count - fact.body.count
        if let privatePart = fact.privatePart {
            let starts = (0...common).filter { Array(object[..<$0]) + object[($0 + cutCount)...] == fact.body }
            let cuts = starts.map { String(decoding: object[$0..<$0 + cutCount], as: UTF8.self) }
            let value = String(decoding: privatePart, as: UTF8.self)
            let trimmed = cuts.map { $0.trimmingCharacters(in: CharacterSet(charactersIn: ", \n\r\t")) }
            #expect(
                trimmed.contains { $0.hasPrefix("\"") && $0.hasSuffix(value) && $0.count <= value.count + 24 }, comment)
            let parsed = try JSONSerialization.jsonObject(with: Data(privatePart)) as? [String: Any]
            let expected = whole["private"] as? [String: Any]
            #expect(NSDictionary(dictionary: parsed ?? [:]).isEqual(to: expected ?? [:]), comment)
        } else {
            #expect(whole["private"] == nil && fact.body == object, comment)
        }

        #expect(fact.string(fact.id) == whole["id"] as? String, comment)
        #expect(fact.string(fact.source) == whole["source"] as? String, comment)
        #expect(fact.subject.map(fact.string) == whole["subject"] as? String, comment)
        let data = whole["data"] as? [String: Any]
        #expect(fact.string(slot: 3) == data?["name"] as? String, comment)
        #expect(fact.string(slot: 4) == data?["door"] as? String, comment)
        if case .json(let text) = fact.slots[10] {
            let value = try JSONSerialization.jsonObject(
                with: Data(text.decoded(in: fact.body)), options: .fragmentsAllowed)
            #expect((value as? NSObject)?.isEqual(data?["any"]) == true, comment)
        } else {
            #expect(data?["any"] == nil, comment)
        }
    }

    private static func members(_ random: inout Seeded) -> [(String, String)] {
        let names = ["\"a\"", "\"\\u4e2d\"", "\"\\\"private\\\":{\"", "\"private\"", "\"x\\\\\"", "\"中\""]
        var data: [String] = []
        if random.chance(2) {
            data.append("\"name\":" + random.pick(["\"a\"", "\"\\u4e2d\"", "\"private\"", "\"x\\\\\""]))
        }
        if random.chance(2) { data.append("\"door\":" + random.pick(["\"open\"", "\"\\u006fpen\"", "\"半开\""])) }
        if random.chance(2) {
            let nested = "{\"private\":{\"b\":[1,{\"private\":\(random.pick(names))}]}}"
            data.append(
                "\"any\":" + random.pick([nested, "[ ]", random.pick(names), "12.5", "null", "{\"a\" : [1 , 2]}"]))
        }
        if random.chance(3) { data.append("\"position\":[114.27,30.58]") }
        data.shuffle(using: &random)
        var members = [
            ("specversion", "\"1.0\""), ("id", random.pick(names)), ("source", random.pick(names)),
            ("type", "\"test.everything\""), ("subject", random.pick(names)), ("time", "\"2026-11-24T08:00:00+08:00\""),
            ("data", "{" + data.joined(separator: random.pick([",", " , "])) + "}"),
        ]
        if random.chance(2) { members.append(("note", random.pick(names))) }
        if !random.chance(4) {
            let key = random.pick(["private", "\\u0070rivate", "priv\\u0061te"])
            members.append((key, random.pick(["{}", "{ }", "{\"text\":\"}\"}", "{\"more\":{\"private\":{}}}"])))
        }
        members.shuffle(using: &random)
        return members
    }

    private static func join(_ members: [(String, String)], _ random: inout Seeded) -> [UInt8] {
        func space(_ random: inout Seeded) -> String {
            random.chance(2) ? "" : random.pick([" ", "\n", "\t", "\r\n", "    "])
        }
        var text = space(&random) + "{"
        for (index, member) in members.enumerated() {
            if index > 0 { text += space(&random) + "," }
            text += space(&random) + "\"\(member.0)\"" + space(&random) + ":" + space(&random) + member.1
        }
        return Array((text + space(&random) + "}" + space(&random)).utf8)
    }
}
