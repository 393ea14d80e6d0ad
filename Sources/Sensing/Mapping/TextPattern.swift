import Foundation

/// A regular expression (ICU syntax) of a mapping.
struct TextPattern: Sendable {
    /// As written.
    let text: String
    private let expression: NSRegularExpression

    /// A pattern that a whole value must match.
    init(whole text: String) throws(MappingRule) {
        self.text = text
        expression = try Self.compile("\\A(?:\(text))\\z", text)
    }

    /// A pattern that is searched for; its first group is what is taken.
    init(taking text: String) throws(MappingRule) {
        self.text = text
        expression = try Self.compile(text, text)
        guard expression.numberOfCaptureGroups >= 1 else {
            throw MappingRule("the expression has no (group) to take")
        }
    }

    private static func compile(_ text: String, _ written: String) throws(MappingRule) -> NSRegularExpression {
        do {
            return try NSRegularExpression(pattern: text)
        } catch {
            throw MappingRule("\"\(written)\" is not a regular expression")
        }
    }

    func matches(_ value: ArraySlice<UInt8>) -> Bool {
        let string = String(decoding: value, as: UTF8.self)
        return expression.firstMatch(in: string, range: NSRange(location: 0, length: string.utf16.count)) != nil
    }

    /// What the first group matched; nil when the expression does not occur or its group took no part.
    func taken(from value: ArraySlice<UInt8>) -> [UInt8]? {
        let string = String(decoding: value, as: UTF8.self)
        let whole = NSRange(location: 0, length: string.utf16.count)
        guard let match = expression.firstMatch(in: string, range: whole),
            let range = Range(match.range(at: 1), in: string)
        else { return nil }
        return Array(string[range].utf8)
    }
}
