import Foundation

/// Takes the member `private` out of a JSON object by the words of its definition, as slowly as that is: the member, and
/// the comma behind it with all blanks up to that comma; where it is the last member, the comma before it instead.
enum SlowCut {
    /// The object without the member, and the member's value; nil for the value when there is no such member.
    static func cut(_ bytes: [UInt8]) -> (body: [UInt8], privatePart: [UInt8]?) {
        let pieces = members(bytes)
        guard let place = pieces.firstIndex(where: { name(bytes[$0.name]) == "private" }) else { return (bytes, nil) }
        let piece = pieces[place]
        let part = Array(bytes[piece.value])
        let gone: Range<Int>
        if place + 1 < pieces.count {
            let comma = piece.value.upperBound + distanceToComma(bytes, piece.value.upperBound)
            gone = piece.name.lowerBound..<comma + 1
        } else if place > 0 {
            let before = pieces[place - 1].value.upperBound
            gone = before + distanceToComma(bytes, before)..<piece.value.upperBound
        } else {
            gone = piece.name.lowerBound..<piece.value.upperBound
        }
        return (bytes.indices.filter { !gone.contains($0) }.map { bytes[$0] }, part)
    }

    private static func name(_ quoted: ArraySlice<UInt8>) -> String? {
        let value = try? JSONSerialization.jsonObject(with: Data(quoted), options: .fragmentsAllowed)
        return value as? String
    }

    private static func distanceToComma(_ bytes: [UInt8], _ start: Int) -> Int {
        bytes[start...].firstIndex(of: UInt8(ascii: ",")).map { $0 - start } ?? 0
    }

    /// The quoted name and the value of each member of the outermost object, which is known to be well formed.
    private static func members(_ bytes: [UInt8]) -> [(name: Range<Int>, value: Range<Int>)] {
        var members: [(name: Range<Int>, value: Range<Int>)] = []
        var depth = 0
        var isInside = false
        var isEscaped = false
        var opened = 0
        var lastName: Range<Int>?
        var valueStart: Int?
        for (index, byte) in bytes.enumerated() {
            if isInside {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInside = false
                    if depth == 1, valueStart == nil { lastName = opened..<index + 1 }
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""):
                isInside = true
                opened = index
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: ":") where depth == 1: valueStart = index + 1
            case UInt8(ascii: ",") where depth == 1, UInt8(ascii: "}") where depth == 1:
                if let name = lastName, let start = valueStart { members.append((name, trimmed(bytes, start..<index))) }
                lastName = nil
                valueStart = nil
                if byte == UInt8(ascii: "}") { depth -= 1 }
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            default: break
            }
        }
        return members
    }

    private static func trimmed(_ bytes: [UInt8], _ range: Range<Int>) -> Range<Int> {
        let isBlank: (Int) -> Bool = { [0x20, 0x09, 0x0A, 0x0D].contains(bytes[$0]) }
        let first = range.first { !isBlank($0) } ?? range.upperBound
        let last = range.last { !isBlank($0) } ?? range.lowerBound
        return first..<max(first, last + 1)
    }
}
