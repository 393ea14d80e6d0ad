import Foundation
import Testing

@testable import Facts

/// Random damage to what is right: it is read or refused, never a crash, and what is read keeps its promises.
@Suite("Damaged bytes")
struct FactsFuzzTests {
    @Test("facts: 60,000")
    func facts() throws {
        let reader = try TestTypes.reader()
        let data =
            "{\"flag\":true,\"count\":5,\"level\":0.25,\"name\":\"\\u4e2d\",\"at\":\"2026-01-01T00:00:00Z\",\"position\":[114,30],\"any\":[{}]}"
        let seeds = [
            Event("test.everything", data: data).with("private", "{\"person\":\"p\",\"home\":[1,2],\"more\":[]}").bytes,
            Event("test.everything", data: data).first("private", "{\"text\":\"x\"}").first("data").with(
                "sequence", "\"5\""
            ).bytes,
            Event().with("cause", "5").with("extra", "null").bytes,
            Event("test.located", data: "{\"crs\":\"gcj02\",\"position\":[1,2]}").bytes,
        ]
        var random = Seeded(stream: 20)
        var taken = 0
        for _ in 0..<60_000 {
            let bytes = Mutator.damage(random.pick(seeds), &random)
            guard let fact = try? reader.read(bytes) else { continue }
            taken += 1
            let comment: Comment = "\(String(decoding: bytes, as: UTF8.self)), seed \(Seeded.seed)"
            // A body is read again as the same fact, and the log can always say whose it is.
            let again = try reader.read(fact.body)
            #expect(
                again.slots == fact.slots && again.time == fact.time && again.key == fact.key
                    && again.body == fact.body, comment)
            #expect(FactReader.identity(of: fact.body)?.id == fact.id, comment)
            #expect(
                (try JSONSerialization.jsonObject(with: Data(fact.body)) as? [String: Any])?["private"] == nil, comment)
            for slot in fact.slots.indices { _ = (fact.string(slot: slot), fact.json(slot: slot)) }
        }
        #expect(taken > 1_000)
    }

    @Test("batches: 20,000")
    func batches() throws {
        let reader = try TestTypes.reader()
        let seed = Array("[\(Event().text),{\"a\":\"]\"},\(Event().with("private", "{}").text)]".utf8)
        var random = Seeded(stream: 21)
        for _ in 0..<20_000 {
            let bytes = Mutator.damage(seed, &random)
            guard let ranges = try? FactReader.elements(of: bytes) else { continue }
            for range in ranges { _ = try? reader.read(bytes, in: range) }
            #expect(
                ranges.allSatisfy { $0.lowerBound >= 0 && $0.upperBound <= bytes.count && !$0.isEmpty },
                "seed \(Seeded.seed)")
        }
    }

    @Test("signed facts: 40,000")
    func signed() throws {
        let key = try #require(TestSigner.edDSA.key)
        let salt = "\"\(Base64URL.encode(SignedFactTests.salt))\""
        let seed = try TestSigner.edDSA.jws(SignedFactTests.withDigest()).with("private", SignedFactTests.privatePart)
            .with("privatesalt", salt)
        let original = try SignedFact(seed.bytes)
        var random = Seeded(stream: 22)
        var (read, verified) = (0, 0)
        for _ in 0..<40_000 {
            guard let signed = try? SignedFact(Mutator.damage(seed.bytes, &random)) else { continue }
            read += 1
            guard (try? signed.verify(with: key)) != nil else { continue }
            // Only damage to white space or to the spelling of the JWS itself leaves a signature good.
            verified += 1
            #expect(signed.object == original.object, "seed \(Seeded.seed)")
        }
        #expect(read > 1_000 && verified < read)
    }

    @Test("schemas: 20,000; scenario files: 5,000")
    func schemas() throws {
        var random = Seeded(stream: 23)
        let seed = Array(TestTypes.json.utf8)
        for _ in 0..<20_000 {
            let bytes = Mutator.damage(seed, &random)
            guard let value = try? JSONValue(parsing: bytes), let types = try? FactType.types(in: value) else {
                continue
            }
            let set = SchemaSet(types)
            #expect(set.types.count == types.count, "seed \(Seeded.seed)")
        }
        for _ in 0..<5_000 {
            let text = String(decoding: Mutator.damage(Array(ScenarioTests.good.utf8), &random), as: UTF8.self)
            _ = try? Scenario(yaml: text, file: "x")
        }
    }
}
