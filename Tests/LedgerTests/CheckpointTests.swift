import Ledger
import Testing

@Suite struct CheckpointTests {
    @Test func textsRoundTrip() throws {
        let root = Digest.leaf([])
        let plain = try Checkpoint(origin: "log.example", size: 0, root: .emptyRoot)
        #expect(plain.text == "log.example\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n")
        let extended = try Checkpoint(origin: "a log", size: .max, root: root, extensions: ["one", "two words"])
        for checkpoint in [plain, extended] { #expect(try Checkpoint(text: checkpoint.text) == checkpoint) }
    }

    @Test func otherTextsAreRefused() {
        let hash = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
        for text in [
            "", "\n", "o\n", "o\n0\n", "o\n0\n" + hash, "o\n0\n\(hash)\n\n", "o\n0\n\(hash)\n\nx\n", "\n0\n\(hash)\n",
            "o\n00\n\(hash)\n", "o\n01\n\(hash)\n", "o\n+1\n\(hash)\n", "o\n-1\n\(hash)\n", "o\n1 \n\(hash)\n",
            "o\n\n\(hash)\n", "o\n18446744073709551616\n\(hash)\n", "o\n1\n\(hash.dropLast())\n", "o\n1\nAAAA\n",
            "o\n1\n\(hash) \n", "o\r\n1\n\(hash)\n", "o\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=\n",
        ] {
            #expect(throws: CheckpointError.malformed, "\(text)") { try Checkpoint(text: text) }
        }
        #expect(throws: CheckpointError.malformed) { try Checkpoint(origin: "", size: 0, root: .emptyRoot) }
        #expect(throws: CheckpointError.malformed) { try Checkpoint(origin: "a\nb", size: 0, root: .emptyRoot) }
        #expect(throws: CheckpointError.malformed) {
            try Checkpoint(origin: "a", size: 0, root: .emptyRoot, extensions: [""])
        }
    }

    @Test func openingChecksSignatureAndOrigin() throws {
        let signer = try NoteFixture.signer()
        let checkpoint = try NoteFixture.checkpoint()
        let note = try checkpoint.sign(with: [signer])
        #expect(try Checkpoint.open(note: note, origin: NoteFixture.origin, keys: [signer.verifierKey]) == checkpoint)
        #expect(throws: CheckpointError.wrongOrigin(NoteFixture.origin)) {
            try Checkpoint.open(note: note, origin: "log.example/other", keys: [signer.verifierKey])
        }
        let other = try NoteFixture.signer(seed: 2)
        #expect(throws: CheckpointError.note(.noKnownSignature)) {
            try Checkpoint.open(note: note, origin: NoteFixture.origin, keys: [other.verifierKey])
        }
        let text = try SignedNote(text: "no checkpoint\n", signers: [signer])
        #expect(throws: CheckpointError.malformed) {
            try Checkpoint.open(note: text, origin: NoteFixture.origin, keys: [signer.verifierKey])
        }
    }

    @Test func witnessesAloneMakeNoCheckpoint() throws {
        let checkpoint = try NoteFixture.checkpoint()
        let (key, line) = try NoteFixture.cosign(checkpoint.text, name: NoteFixture.origin)
        let note = try SignedNote(text: checkpoint.text, signatures: [line])
        #expect(try note.cosignatures(by: [key]).count == 1)
        #expect(throws: CheckpointError.note(.noKnownSignature)) {
            try Checkpoint.open(note: note, origin: NoteFixture.origin, keys: [key])
        }
    }

    @Test func cosignaturesVerify() throws {
        let signer = try NoteFixture.signer()
        var note = try NoteFixture.checkpoint().sign(with: [signer])
        let (key, line) = try NoteFixture.cosign(note.text)
        let (strangerKey, strangerLine) = try NoteFixture.cosign(note.text, name: "stranger.example", seed: 8)
        try note.add(line)
        try note.add(strangerLine)
        let read = try SignedNote(parsing: Array(note.encoded.utf8))
        #expect(try read.cosignatures(by: [key]).map(\.timestamp) == [1_800_000_000])
        #expect(try read.cosignatures(by: [key, strangerKey]).map(\.key) == [key, strangerKey])
        #expect(try read.cosignatures(by: [signer.verifierKey]).isEmpty)
        _ = try Checkpoint.open(note: read, origin: NoteFixture.origin, keys: [signer.verifierKey])
        for at in line.signature.indices {
            var blob = line.signature
            blob[at] ^= 0x10
            let damaged = try NoteSignature(name: line.name, keyID: line.keyID, signature: blob)
            #expect(throws: NoteError.invalidSignature(name: "witness.example"), "byte \(at)") {
                try Cosignature(damaged, by: key, text: note.text)
            }
        }
        #expect(throws: NoteError.invalidSignature(name: "witness.example")) {
            try Cosignature(line, by: key, text: note.text + "more\n")
        }
        let short = try NoteSignature(name: line.name, keyID: line.keyID, signature: [1, 2, 3])
        #expect(throws: NoteError.invalidSignature(name: "witness.example")) {
            try Cosignature(short, by: key, text: note.text)
        }
        let late = try NoteFixture.cosign(note.text, time: UInt64(Int64.max) + 1)
        #expect(throws: NoteError.invalidSignature(name: "witness.example")) {
            try Cosignature(late.line, by: late.key, text: note.text)
        }
    }
}
