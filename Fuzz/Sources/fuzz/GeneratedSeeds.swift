import Crypto
import District
import Facts
import Foundation
import Ledger

/// Seeds that need a key or are no text, made by the code that they are to try; the keys are no secrets.
enum GeneratedSeeds {
    static let origin = "fuzz.example/log"

    private static let logSigner = made { try Ed25519Signer(name: origin, seed: [UInt8](repeating: 1, count: 32)) }
    private static let witnessKey = made {
        try Curve25519.Signing.PrivateKey(rawRepresentation: [UInt8](repeating: 2, count: 32))
    }
    private static let sourceSigner = made {
        try Curve25519.Signing.PrivateKey(rawRepresentation: [UInt8](repeating: 3, count: 32))
    }

    static let logKeys = [logSigner.verifierKey]
    static let witnessKeys = [
        made {
            try VerifierKey(
                name: "witness.example", type: SignatureType.cosignature,
                publicKey: Array(witnessKey.publicKey.rawRepresentation))
        }
    ]
    static let sourceKey: SourceKey = {
        guard let key = SourceKey(.edDSA, raw: sourceSigner.publicKey.rawRepresentation) else {
            broken("a key is a key")
        }
        return key
    }()

    // MARK: Notes, checkpoints, proofs

    private static let leaves = ["a", "b", "c"].map { Digest.leaf(Array($0.utf8)) }
    private static let root = Digest.node(Digest.node(leaves[0], leaves[1]), leaves[2])
    private static let checkpoints = made {
        [
            try Checkpoint(origin: origin, size: 3, root: root),
            try Checkpoint(origin: origin, size: 70_000, root: root, extensions: ["more", "一行"]),
        ]
    }

    /// The only texts that the log's key ever signed here.
    static let noteTexts = checkpoints.map(\.text) + ["a\n\nb\n"]

    private static let notes: [SignedNote] = made {
        try noteTexts.map { text in
            var note = try SignedNote(text: text, signers: [logSigner])
            let time: UInt64 = 1_800_000_000
            let signature = try witnessKey.signature(for: Cosignature.message(timestamp: time, text: text))
            let stamp = withUnsafeBytes(of: time.bigEndian) { Array($0) }
            try note.add(
                NoteSignature(
                    name: witnessKeys[0].name, keyID: witnessKeys[0].keyID, signature: stamp + Array(signature)))
            return note
        }
    }

    // MARK: Signed facts

    private static let privatePart = "{\"person\":\"p\",\"home\":[114,30]}"
    private static let salt = [UInt8](repeating: 7, count: Commitment.saltCount)

    private static let withDigest =
        "{\"specversion\":\"1.0\",\"id\":\"2\",\"source\":\"device/1\",\"type\":\"test.everything\","
        + "\"time\":\"2026-01-01T00:00:00Z\",\"privatedigest\":\""
        + Base64URL.encode(Commitment.of(Array(privatePart.utf8), salt: salt)) + "\"}"

    /// The only bodies that the source's key ever signed here.
    static let payloads: [[UInt8]] = [
        "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"device/1\",\"type\":\"object.fell\",\"subject\":\"b/1\","
            + "\"time\":\"2026-01-01T00:00:00Z\",\"data\":{\"floor\":3,\"confidence\":0.5}}",
        withDigest,
        // A near miss: what stands behind the object would be lost where the private part is put back in.
        withDigest + " ",
    ].map { Array($0.utf8) }

    private static func signed(_ payload: [UInt8], _ more: String) throws -> String {
        let header = Base64URL.encode("{\"alg\":\"EdDSA\",\"kid\":\"device/1\"}".utf8)
        let body = Base64URL.encode(payload)
        let signature = Base64URL.encode(try sourceSigner.signature(for: Data("\(header).\(body)".utf8)))
        return "{\"protected\":\"\(header)\",\"payload\":\"\(body)\",\"signature\":\"\(signature)\"\(more)}"
    }

    // MARK: Snapshots

    private static func district() -> [[UInt8]] {
        var district = District()
        var snapshots = [district.encoded]
        func say(_ type: String, _ subject: String, by source: String, _ data: String) {
            guard let value = try? JSONValue(parsing: Array(data.utf8)) else { broken("a seed is JSON: \(data)") }
            let time = 1_800_000_000_000 + Int64(district.size) * 1000
            let body = FactWriter.body(
                id: "\(district.size)", source: source, type: type, subject: subject, time: time, data: value)
            do throws(Refusal) {
                let fact = try FactReader(schemas: district.schemas, now: nil).read(body)
                district.apply(LoggedFact(index: district.size, received: time, fact: fact))
            } catch {
                broken("a seed is a fact: \(error)")
            }
        }
        let (platform, human) = (District.platformSource, District.operatorSource)
        say(
            "district.founded", "d", by: platform,
            """
            {"origin":"o","verifierKey":"k","foldVersion":1,"utcOffsetMinutes":480,"simulated":true,
            "planeLongitude":1,"planeLatitude":2,"planeMillimetresPerDegreeEast":3,"planeMillimetresPerDegreeNorth":4}
            """)
        snapshots.append(district.encoded)
        say(
            "scenario.adopted", "s", by: human,
            "{\"version\":1,\"facts\":{\"a.b\":{\"data\":{\"n\":{\"type\":\"int\",\"required\":false}}}}}")
        say("source.registered", "x", by: human, "{\"role\":\"device\",\"key\":\"\(sourceKey.text)\"}")
        say("source.registered", "y", by: human, "{\"role\":\"crew\",\"tokenHash\":\"00\",\"silentAfterSeconds\":60}")
        say("a.b", "one", by: "x", "{\"n\":1}")
        say("a.b", "two", by: "y", "{}")
        snapshots.append(district.encoded)
        say(
            "source.silent", "y", by: platform,
            "{\"lastReceived\":\"2026-01-01T00:00:00Z\",\"lastIndex\":1,\"silentAfterSeconds\":60}")
        say("source.revoked", "x", by: human, "{}")
        say("system.sealed", "d", by: platform, "{\"size\":1,\"digest\":\"00\"}")
        snapshots.append(district.encoded)
        return snapshots
    }

    /// Near misses, which chance would hardly build: the schema's length stands before it.
    private static func nearMisses(_ snapshot: [UInt8]) -> [[UInt8]] {
        func measured(_ text: String) -> [UInt8] {
            withUnsafeBytes(of: UInt64(text.utf8.count).bigEndian) { Array($0) } + text.utf8
        }
        let schema = "{\"data\":{\"n\":{\"type\":\"int\",\"required\":false}}}"
        let changes = [
            (schema, schema + " "), (schema, "{\"data\":{}}"), ("y", "x"), ("two", "one"), ("a.b", "source.silent"),
        ]
        return changes.compactMap { old, new in
            guard let place = snapshot.firstRange(of: measured(old)) else { return nil }
            var changed = snapshot
            changed.replaceSubrange(place, with: measured(new))
            return changed
        }
    }

    // MARK: Writing

    /// Writes the seeds into one folder per target.
    static func write(to folder: URL) throws {
        var seeds: [(target: String, bytes: [UInt8])] = []
        for note in notes { seeds.append(("note", Array(note.encoded.utf8))) }
        seeds.append(("note", Array(logKeys[0].text.utf8)))
        for checkpoint in checkpoints { seeds.append(("checkpoint", Array(checkpoint.text.utf8))) }
        for (index, hashes) in [(0, [leaves[1], leaves[2]]), (2, [Digest.node(leaves[0], leaves[1])])] {
            let extra: [UInt8]? = index == 0 ? nil : [1, 2, 3]
            let proof = TlogProof(index: UInt64(index), hashes: hashes, checkpoint: notes[0], extra: extra)
            seeds.append(("proof", Array(proof.encoded.utf8)))
        }
        seeds.append(("tile", try EntryBundle.encode([[1, 2, 3], [], Array("entry".utf8)])))
        seeds.append(("tile", Digest.bytes(of: leaves)))
        seeds.append(("jws", Array(try signed(payloads[0], "").utf8)))
        let beside = ",\"private\":\(privatePart),\"privatesalt\":\"\(Base64URL.encode(salt))\""
        seeds.append(("jws", Array(try signed(payloads[1], beside).utf8)))
        seeds.append(("jws", Array(try signed(payloads[2], beside).utf8)))
        for snapshot in district() {
            demand((try? District(encoded: snapshot)) != nil, "a snapshot is read again")
            seeds.append(("snapshot", snapshot))
            for miss in nearMisses(snapshot) { seeds.append(("snapshot", miss)) }
        }
        for (number, seed) in seeds.enumerated() {
            let place = folder.appendingPathComponent(seed.target, isDirectory: true)
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            try Data(seed.bytes).write(to: place.appendingPathComponent("seed-\(number)"))
        }
    }

    private static func made<Value>(_ make: () throws -> Value) -> Value {
        do {
            return try make()
        } catch {
            broken("seeds can be made: \(error)")
        }
    }
}
