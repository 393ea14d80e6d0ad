import Ledger
import Testing

@Suite struct TlogProofTests {
    private let signer: Ed25519Signer
    private let grown = GrownTree(size: 300)

    init() throws { signer = try NoteFixture.signer() }

    private func proof(index: UInt64, extra: [UInt8]? = nil) throws -> TlogProof {
        let checkpoint = try Checkpoint(origin: NoteFixture.origin, size: 280, root: grown.hashes.root(size: 280))
        return TlogProof(
            index: index, hashes: try grown.hashes.inclusionProof(index: index, size: 280),
            checkpoint: try checkpoint.sign(with: [signer]), extra: extra)
    }

    @Test func proofsRoundTripAndVerify() throws {
        for (index, extra) in [(0, nil), (255, [1, 2, 3]), (279, [])] as [(UInt64, [UInt8]?)] {
            let proof = try proof(index: index, extra: extra)
            let read = try TlogProof(parsing: Array(proof.encoded.utf8))
            #expect(read == proof)
            #expect(read.extra == extra)
            let checkpoint = try read.verify(
                leafHash: leafHash(Int(index)), origin: NoteFixture.origin, keys: [signer.verifierKey])
            #expect(checkpoint.size == 280)
            #expect(throws: TlogProofError.inclusion(.rootMismatch)) {
                try read.verify(leafHash: leafHash(7), origin: NoteFixture.origin, keys: [signer.verifierKey])
            }
            #expect(throws: TlogProofError.checkpoint(.wrongOrigin(NoteFixture.origin))) {
                try read.verify(leafHash: leafHash(Int(index)), origin: "other", keys: [signer.verifierKey])
            }
        }
    }

    @Test func theLayoutIsTheSpecifications() throws {
        let checkpoint = try Checkpoint(origin: NoteFixture.origin, size: 1, root: leafHash(0)).sign(with: [signer])
        let proof = TlogProof(index: 0, hashes: [leafHash(1)], checkpoint: checkpoint, extra: [0x66])
        #expect(
            proof.encoded == "c2sp.org/tlog-proof@v1\nextra Zg==\nindex 0\n" + leafHash(1).base64 + "\n\n"
                + checkpoint.encoded)
    }

    @Test func anyFlippedByteIsRefused() throws {
        let bytes = Array(try proof(index: 200).encoded.utf8)
        for at in bytes.indices {
            var flipped = bytes
            flipped[at] ^= 1
            #expect(throws: TlogProofError.self, "byte \(at)") {
                try TlogProof(parsing: flipped)
                    .verify(leafHash: leafHash(200), origin: NoteFixture.origin, keys: [signer.verifierKey])
            }
        }
    }

    @Test func otherTextsAreRefused() throws {
        let note = try proof(index: 0).checkpoint.encoded
        let hash = leafHash(0).base64
        for text in [
            "", "\n\n" + note, "c2sp.org/tlog-proof@v2\nindex 0\n\n" + note, "c2sp.org/tlog-proof@v1\n\n" + note,
            "c2sp.org/tlog-proof@v1\nindex 00\n\n" + note, "c2sp.org/tlog-proof@v1\nindex -1\n\n" + note,
            "c2sp.org/tlog-proof@v1\nindex 0\nextra \n\n" + note, "c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\n" + note,
            "c2sp.org/tlog-proof@v1\nextra Zh==\nindex 0\n\n" + note,
            "c2sp.org/tlog-proof@v1\nindex 0\n\(hash) \n\n" + note, "c2sp.org/tlog-proof@v1\nindex 0\n\(hash)\n" + note,
            "c2sp.org/tlog-proof@v1\nindex 0\n" + String(repeating: hash + "\n", count: 65) + "\n" + note,
        ] {
            #expect(throws: TlogProofError.malformed, "\(text.prefix(60))") { try TlogProof(parsing: Array(text.utf8)) }
        }
        #expect(throws: TlogProofError.checkpoint(.note(.malformed))) {
            try TlogProof(parsing: Array("c2sp.org/tlog-proof@v1\nindex 0\n\nno note\n".utf8))
        }
    }
}
