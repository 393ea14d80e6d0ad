import Crypto
import District
import Facts
import Foundation
import Ledger
import Storage
import StorageTesting

@testable import Operations

/// A log with two full tiles and some more, signed facts, private parts, silence, return, a seal, and gaps.
struct AuditFixture {
    let image: TestDistrict.Image
    /// Where what stands in the log.
    let facts: [StoredFact]
    let signer: Ed25519Signer
    let origin: String

    static func make() async throws -> AuditFixture {
        let test = try await TestDistrict()
        let key = Curve25519.Signing.PrivateKey()
        try await test.run { district async throws in
            try await TestDistrict.register(["device/1"], in: district, silentAfter: 600)
            try await TestDistrict.register(["device/2"], in: district)
            let publicKey = SourceKey(.edDSA, raw: key.publicKey.rawRepresentation)
            try await TestDistrict.register(["device/signs"], in: district, key: publicKey?.text)
            var number = 0
            for sequence in [1, 2, 5, 9, 6] as [UInt64] {
                let fact = try TestDistrict.fact(district, source: "device/2", id: "s\(sequence)", sequence: sequence)
                _ = try await district.sequencer.submit([fact])
            }
            for round in 0..<12 {
                test.clock.advance(round == 6 ? 700_000 : 1000)
                var facts: [Fact] = []
                for _ in 0..<50 {
                    number += 1
                    // Device 1 is quiet around the pause, so that it is missed and comes back.
                    let source = number % 3 == 0 && round != 6 ? "device/1" : "device/2"
                    facts.append(
                        try TestDistrict.fact(
                            district, source: source, id: "\(number)", lift: "lift-\(number % 7)", floor: number % 40,
                            person: number % 5 == 0 ? "person-\(number)" : nil))
                }
                _ = try await district.sequencer.submit(facts)
                _ = try await district.sequencer.submit([try signed(number, by: key, district)])
            }
            _ = try await district.say(
                FactWriter.body(
                    id: "now", source: District.operatorSource, type: "seal.requested", subject: "test",
                    time: test.clock.now, data: .object([])))
        }
        let store = try SQLiteStore(path: test.files.store, mode: .read)
        defer { try? store.close() }
        return AuditFixture(
            image: try test.image(), facts: try store.facts(in: 0..<store.size), signer: try test.files.readSigner(),
            origin: try Recovery.founding(of: store)?.origin ?? "")
    }

    private static func signed(
        _ number: Int, by key: Curve25519.Signing.PrivateKey, _ district: RunningDistrict
    ) throws -> Fact {
        let body = try TestDistrict.fact(district, source: "device/signs", id: "\(number)").body
        let protected = Base64URL.encode(Array("{\"alg\":\"EdDSA\",\"kid\":\"device/signs\"}".utf8))
        let payload = Base64URL.encode(body)
        let signature = try key.signature(for: Data("\(protected).\(payload)".utf8))
        let jws =
            "{\"payload\":\"\(payload)\",\"protected\":\"\(protected)\",\"signature\":\"\(Base64URL.encode(signature))\"}"
        return try Intake(edge: district.published.edge, now: district.clock.now()).readSigned(Array(jws.utf8))
    }

    /// The index of the nth fact of a type, from the first.
    func index(of type: String, _ number: Int = 0) throws -> Int {
        let places = facts.indices.filter {
            String(decoding: facts[$0].body, as: UTF8.self).contains("\"type\":\"\(type)\"")
        }
        guard places.indices.contains(number) else { throw Missing(type: type) }
        return places[number]
    }

    struct Missing: Error { let type: String }

    /// A log that an operator wrote anew and signed: right in itself, whatever the facts are.
    func rewritten(_ facts: [StoredFact]) throws -> MemoryStore {
        let store = MemoryStore()
        var batch = StoredBatch(first: 0)
        var tree = MerkleTree()
        for fact in facts {
            tree.append(fact.leafHash) { tile, hashes in
                batch.tiles.append(StoredTile(level: tile.level, index: tile.index, hashes: Digest.bytes(of: hashes)))
            }
        }
        batch.facts = facts
        try store.append(batch)
        let checkpoint = try Checkpoint(origin: origin, size: tree.size, root: tree.root)
        try store.save(checkpoint: checkpoint.sign(with: [signer]).encoded)
        return store
    }

    /// A fact with another body.
    static func altered(_ fact: StoredFact, _ change: (String) -> String) -> StoredFact {
        StoredFact(
            received: fact.received, salt: fact.salt,
            body: Array(change(String(decoding: fact.body, as: UTF8.self)).utf8),
            signature: fact.signature, privateCommitment: fact.privateCommitment)
    }
}
