import District

/// A snapshot is the one encoding of a state or is refused.
enum SnapshotTarget {
    static func examine(_ bytes: [UInt8]) {
        guard let district = try? District(encoded: bytes) else { return }
        demand(district.encoded == bytes, "a state has one encoding")
        // What a running district asks first.
        if let due = district.nextDue { _ = district.dueConsequence(by: due) }
    }
}
