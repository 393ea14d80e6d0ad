import Facts
import Foundation

/// Any bytes are a fact or are refused.
enum FactTarget {
    static func examine(_ bytes: [UInt8]) {
        guard let fact = try? FactSchemas.reader.read(bytes) else { return }
        check(fact, from: bytes)
    }

    /// What holds for every fact that was taken.
    static func check(_ fact: Fact, from bytes: [UInt8], reader: FactReader = FactSchemas.reader) {
        let slow = SlowCut.cut(bytes)
        demand(fact.body == slow.body, "the body is the input without its private member")
        demand(fact.privatePart == slow.privatePart, "the private part is the value as it stood")

        guard let tree = object(bytes), let body = object(fact.body) else {
            broken("what was taken is JSON for another reader")
        }
        demand(body["private"] == nil, "the body holds no private member")
        demand(tree.count == body.count + (fact.privatePart == nil ? 0 : 1), "no other member is cut")
        demand(same(fact.string(fact.id), body["id"]), "another reader sees the same id")
        demand(same(fact.string(fact.source), body["source"]), "another reader sees the same source")
        demand(same(fact.subject.map(fact.string), body["subject"]), "another reader sees the same subject")
        let type = reader.schemas.types[fact.type]
        demand(same(type.name, body["type"]), "another reader sees the same type")
        let data = body["data"] as? [String: Any] ?? [:]
        for (number, field) in type.data.enumerated() {
            check(fact, slot: number, against: data[field.name], field.name)
        }

        guard let again = try? reader.read(fact.body) else { broken("a body is read again") }
        demand(again.body == fact.body && again.privatePart == nil, "a body is its own body")
        demand(again.slots == fact.slots && again.time == fact.time, "a body gives the same slots")
        demand(again.key == fact.key && again.isSame(as: fact), "a body names the same fact")
        demand(again.sequence == fact.sequence && again.cause == fact.cause, "a body has the same numbers")
        let identity = FactReader.identity(of: fact.body)
        demand(identity?.id == fact.id && identity?.source == fact.source, "the log knows whose fact it is")
    }

    private static func check(_ fact: Fact, slot: Int, against value: Any?, _ name: String) {
        switch fact.slots[slot] {
        case .absent: demand(value == nil, "\(name) is absent for another reader too")
        case .bool(let flag): demand(value as? Bool == flag, "\(name) is the same truth for another reader")
        case .int(let number):
            demand((value as? NSNumber)?.int64Value == number, "\(name) is the same integer for another reader")
        case .double(let number):
            // Foundation goes through a decimal number from 17 digits on and loses the last bits.
            let other = (value as? NSNumber)?.doubleValue ?? .nan
            demand(
                abs(other - number) <= 4 * max(number.ulp, other.ulp),
                "\(name) is the same number for another reader: \(number), \(other)")
        case .text: demand(same(fact.string(slot: slot), value), "\(name) is the same text for another reader")
        case .time: demand(value is String, "\(name) is a text for another reader")
        case .position: demand(value is [Any], "\(name) is an array for another reader")
        case .json:
            demand(value != nil && fact.json(slot: slot) != nil, "\(name) is a tree")
            guard let text = fact.json(slot: slot)?.text else { return }
            demand((try? JSONValue(parsing: text)) == fact.json(slot: slot), "\(name) is written as the tree it is")
        }
    }

    private static func object(_ bytes: [UInt8]) -> [String: Any]? {
        (try? JSONSerialization.jsonObject(with: Data(bytes))) as? [String: Any]
    }

    /// Byte for byte; two texts that only look alike are not the same.
    private static func same(_ text: String?, _ value: Any?) -> Bool {
        guard let text else { return value == nil || value is NSNull }
        guard let other = value as? String else { return false }
        return text.utf8.elementsEqual(other.utf8)
    }
}
