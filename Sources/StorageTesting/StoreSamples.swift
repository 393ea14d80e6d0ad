public import Storage

/// Facts and batches that cover what a store must bring back: empty and largest, all byte values, with every part.
public enum StoreSamples {
    /// Bytes that a seed determines.
    public static func bytes(_ count: Int, seed: Int) -> [UInt8] {
        var state = UInt64(truncatingIfNeeded: seed) &* 0x9E37_79B9_7F4A_7C15 &+ 0x1234_5678_9ABC_DEF1
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 56)
        }
    }

    /// A fact that a number determines; every seventh is signed, every fifth committed to a private part.
    public static func fact(_ number: Int, bodyCount: Int? = nil) -> StoredFact {
        var salt = Salt(repeating: 0)
        for (offset, byte) in bytes(32, seed: number).enumerated() { salt[offset] = byte }
        return StoredFact(
            received: 1_700_000_000_000 + Int64(number), salt: salt,
            body: bytes(bodyCount ?? 20 + number % 300, seed: number + 1),
            signature: number % 7 == 0 ? bytes(90, seed: number + 2) : nil,
            privateCommitment: number % 5 == 0 ? bytes(32, seed: number + 3) : nil)
    }

    /// Whether two facts are the same, byte for byte.
    public static func areSame(_ left: StoredFact, _ right: StoredFact) -> Bool {
        left.received == right.received && left.body == right.body && left.signature == right.signature
            && left.privateCommitment == right.privateCommitment
            && (0..<32).allSatisfy { left.salt[$0] == right.salt[$0] }
    }

    /// A small log in batches, with private parts, tiles, a key run and a snapshot.
    public static let batches: [StoredBatch] = {
        var first = StoredBatch(first: 0)
        let zeroSalt = Salt(repeating: 0)
        first.facts = [
            StoredFact(received: 0, salt: zeroSalt, body: [], signature: [], privateCommitment: []),
            StoredFact(received: .max, salt: zeroSalt, body: [0]),
            StoredFact(received: .min, salt: Salt(repeating: 255), body: Array(0...255)),
            fact(3, bodyCount: 65_535),
        ]
        first.privateParts = [
            StoredPrivatePart(index: 0, person: "p-70", sealed: []),
            StoredPrivatePart(index: 2, person: "", sealed: bytes(70_000, seed: 71)),
        ]
        var second = StoredBatch(first: 4)
        second.facts = (4..<90).map { fact($0) }
        second.privateParts = second.facts.indices.filter { $0 % 3 == 0 }.map {
            StoredPrivatePart(index: UInt64($0) + 4, person: "p-\($0)", sealed: bytes(50, seed: $0 + 1))
        }
        second.tiles = [
            StoredTile(level: 0, index: 0, hashes: bytes(8192, seed: 80)),
            StoredTile(level: 1, index: 0, hashes: bytes(8192, seed: 81)),
        ]
        var third = StoredBatch(first: 90)
        third.facts = [fact(90)]
        third.tiles = [
            StoredTile(level: 0, index: 1 << 40, hashes: bytes(8192, seed: 82)),
            StoredTile(level: 7, index: 0, hashes: [UInt8](repeating: 0, count: 8192)),
        ]
        third.keyRun = (
            StoredKeyRun(id: 1, facts: 0..<91, pageCount: 2, filter: bytes(192, seed: 83)),
            [bytes(12_288, seed: 84), bytes(12, seed: 85)]
        )
        third.snapshot = StoredSnapshot(size: 91, state: bytes(30_000, seed: 86))
        return [first, second, third]
    }()
}
