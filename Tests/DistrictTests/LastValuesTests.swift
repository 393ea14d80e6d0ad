import Testing

@testable import District
@testable import Facts

@Suite("Last values")
struct LastValuesTests {
    static func fact(_ subject: String, type: Int = 20, time: Int64, body: String = "") -> (Fact, Text) {
        let bytes = Array((subject + body).utf8)
        let text = Text(offset: 0, count: subject.utf8.count, escaped: false)
        let fact = Fact(
            body: bytes, privatePart: nil, signature: nil, id: text, source: text, type: type, schemaVersion: 1,
            subject: text,
            time: time, sequence: nil, cause: nil, slots: [], key: 0)
        return (fact, text)
    }

    private static func note(
        _ values: inout LastValues, _ subject: String, type: Int = 20, index: UInt64, received: Int64,
        time: Int64? = nil
    ) {
        let (fact, text) = fact(subject, type: type, time: time ?? received, body: "#\(index)")
        values.note(LoggedFact(index: index, received: received, fact: fact), subject: text)
    }

    @Test("the later by its own time wins; one that came late changes nothing but the mention")
    func outOfOrder() {
        var values = LastValues()
        Self.note(&values, "a", index: 0, received: 100, time: 50)
        Self.note(&values, "a", index: 1, received: 101, time: 40)
        #expect(values.value(of: "a", type: 20)?.index == 0)
        Self.note(&values, "a", index: 2, received: 102, time: 50)
        #expect(values.value(of: "a", type: 20)?.index == 2, "of two with the same time the one with the later place")
        Self.note(&values, "a", type: 21, index: 3, received: 103, time: 1)
        #expect(values.value(of: "a", type: 21)?.index == 3 && values.value(of: "a", type: 20)?.index == 2)
        #expect(values.value(of: "b", type: 20) == nil && values.value(of: "a", type: 22) == nil && values.count == 1)
    }

    @Test("beyond the bytes the one mentioned longest ago is forgotten")
    func bytes() {
        var values = LastValues()
        let large = String(repeating: "x", count: 60_000)
        let fitting = LastValues.maximumBytes / 60_003
        for number in 0...fitting + 1 {
            let (fact, text) = Self.fact("\(100_000 + number)", time: 1, body: large)
            values.note(LoggedFact(index: UInt64(number), received: 1, fact: fact), subject: text)
        }
        #expect(values.value(of: "100000", type: 20) == nil && values.count <= fitting)
        #expect(values.value(of: "\(100_000 + fitting + 1)", type: 20) != nil)
    }

    @Test("beyond the number the one mentioned longest ago is forgotten")
    func number() {
        var values = LastValues()
        let most = LastValues.maximumSubjects
        for number in 0..<most { Self.note(&values, "s\(number)", index: UInt64(number), received: Int64(number)) }
        #expect(values.count == most && values.value(of: "s0", type: 20) != nil)
        Self.note(&values, "s0", index: 200_000, received: 200_000)
        Self.note(&values, "new", index: 200_001, received: 200_001)
        #expect(values.count == most)
        #expect(values.value(of: "s0", type: 20)?.index == 200_000 && values.value(of: "s1", type: 20) == nil)
        #expect(values.value(of: "s2", type: 20) != nil && values.value(of: "new", type: 20) != nil)
    }

    /// The same by hand: a list in order of mention.
    private struct Model {
        struct Entry {
            let name: String
            var mentioned: Int64
            var values: [LastValues.Value]
        }
        var entries: [Entry] = []

        mutating func note(_ name: String, _ value: LastValues.Value) {
            var entry =
                entries.firstIndex { $0.name == name }.map { entries.remove(at: $0) }
                ?? Entry(name: name, mentioned: 0, values: [])
            entry.mentioned = value.received
            if let slot = entry.values.firstIndex(where: { $0.type == value.type }) {
                if entry.values[slot].time <= value.time { entry.values[slot] = value }
            } else {
                entry.values.append(value)
            }
            entries.append(entry)
            entries.removeAll { $0.mentioned < value.received - LastValues.forgottenAfterMs }
        }

        func encode(to encoder: inout CanonicalEncoder) {
            encoder.write(UInt64(entries.count))
            for entry in entries {
                encoder.write(entry.name)
                encoder.write(entry.mentioned)
                encoder.write(entry.values) { encoder, value in
                    encoder.write(UInt64(value.type))
                    encoder.write(value.index)
                    encoder.write(value.received)
                    encoder.write(value.time)
                    encoder.write(value.body)
                }
            }
        }
    }

    @Test("random mentions over months against a slow list, byte for byte, across snapshots")
    func model() throws {
        var random = Seeded(stream: 31)
        var (values, model) = (LastValues(), Model())
        var now: Int64 = 1_795_507_200_000
        for index in 0..<6_000 {
            now += Int64(random.below(random.chance(200) ? 40 * 86_400_000 : 8_000_000))
            let name = "s\(random.below(random.chance(3) ? 400 : 12))"
            let type = 20 + random.below(3)
            let time = now - Int64(random.below(20_000_000))
            let (fact, text) = Self.fact(name, type: type, time: time, body: "#\(index)")
            values.note(LoggedFact(index: UInt64(index), received: now, fact: fact), subject: text)
            model.note(
                name, LastValues.Value(type: type, index: UInt64(index), received: now, time: time, body: fact.body))
            #expect(values.count == model.entries.count, "step \(index), seed \(Seeded.seed)")
            guard random.chance(20) else { continue }
            var (ours, theirs) = (CanonicalEncoder(), CanonicalEncoder())
            values.encode(to: &ours)
            model.encode(to: &theirs)
            #expect(ours.bytes == theirs.bytes, "step \(index), seed \(Seeded.seed)")
            for entry in model.entries {
                for value in entry.values { #expect(values.value(of: entry.name, type: value.type) == value) }
            }
            // Go on from a decoded copy: it must behave the same for ever after.
            var decoder = CanonicalDecoder(ours.bytes)
            values = try LastValues(from: &decoder, types: 20..<30)
            try decoder.expectEnd()
        }
    }
}
