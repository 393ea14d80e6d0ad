extension FactReader {
    /// Reads a fact again under other schemas; its private part and signature stay as they were.
    public func reread(_ fact: Fact) throws(Refusal) -> Fact {
        var again = try read(fact.body)
        again.privatePart = fact.privatePart
        again.person = fact.person
        again.signature = fact.signature
        again.admission = fact.admission
        return again
    }

    /// Source and id of a body that is in the log already, whatever schemas it was written under; nil for other bytes.
    public static func identity(of body: [UInt8]) -> (source: Text, id: Text)? {
        var scanner = JSONScanner(body)
        var source: Text?
        var id: Text?
        do {
            try scanner.expect(UInt8(ascii: "{"))
            repeat {
                let name = try scanner.string()
                try scanner.expect(UInt8(ascii: ":"))
                switch name.string(in: body) {
                case "source": source = try scanner.string()
                case "id": id = try scanner.string()
                default: try scanner.value()
                }
            } while try scanner.continues(until: UInt8(ascii: "}"))
            try scanner.expectEnd()
        } catch {
            return nil
        }
        guard let source, let id else { return nil }
        return (source, id)
    }
}
