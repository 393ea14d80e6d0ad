import Facts
import Foundation

/// A batch is divided, and each element is the fact that it is alone.
enum BatchTarget {
    static func examine(_ bytes: [UInt8]) {
        guard let ranges = try? FactReader.elements(of: bytes) else { return }
        var end = 0
        var allAreTaken = true
        for range in ranges {
            demand(range.lowerBound > end && range.upperBound < bytes.count, "elements stand in order, inside")
            end = range.upperBound
            let alone = result(Array(bytes[range]), nil)
            let within = result(bytes, range)
            switch (alone, within) {
            case (.success(let alone), .success(let within)):
                demand(alone.body == within.body, "an element has the body that it has alone")
                demand(alone.privatePart == within.privatePart, "an element has the private part that it has alone")
                demand(
                    alone.slots == within.slots && alone.id == within.id && alone.source == within.source
                        && alone.subject == within.subject && alone.key == within.key,
                    "an element has the slots that it has alone")
            case (.failure(let alone), .failure(let within)):
                demand(alone == within, "an element is refused as it is alone")
                allAreTaken = false
            default: broken("an element is taken or refused as it is alone")
            }
        }
        guard allAreTaken else { return }
        demand((try? JSONSerialization.jsonObject(with: Data(bytes))) != nil, "a batch of good facts is JSON")
    }

    private static func result(_ bytes: [UInt8], _ range: Range<Int>?) -> Result<Fact, Refusal> {
        do throws(Refusal) {
            return .success(try FactSchemas.reader.read(bytes, in: range))
        } catch {
            return .failure(error)
        }
    }
}
