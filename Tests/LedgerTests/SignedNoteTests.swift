import Ledger
import Testing

@Suite struct SignedNoteTests {
    /// The example of C2SP signed-note: a signature that was not made here.
    @Test func theSpecificationsNoteVerifies() throws {
        let encoded =
            "This is an example message.\n\n\u{2014} example.com/foo "
            + "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
        let note = try SignedNote(parsing: Array(encoded.utf8))
        #expect(note.text == "This is an example message.\n")
        #expect(note.encoded == encoded)
        try note.verify(with: [VerifierKey(text: KeyTests.example)])
    }

    @Test func notesRoundTrip() throws {
        for text in ["\n", "a\n", "a\n\nb\n", "\n\n\n", "两行\n\u{2014} like a signature AAAA\n"] {
            let signer = try NoteFixture.signer()
            let note = try SignedNote(text: text, signers: [signer])
            let read = try SignedNote(parsing: Array(note.encoded.utf8))
            #expect(read == note)
            #expect(Array(read.text.utf8) == Array(text.utf8))
            try read.verify(with: [signer.verifierKey])
        }
    }

    @Test func unknownSignaturesAreIgnoredAndKnownOnesMustVerify() throws {
        let (ours, other) = (try NoteFixture.signer(), try NoteFixture.signer("other.example", seed: 2))
        let namesake = try NoteFixture.signer(seed: 3)
        let note = try SignedNote(text: "text\n", signers: [other, namesake, ours])
        #expect(try note.verify(with: [ours.verifierKey]) == [ours.verifierKey])
        #expect(try note.verify(with: [ours.verifierKey, other.verifierKey]).count == 2)
        #expect(throws: NoteError.noKnownSignature) { try note.verify(with: []) }
        let stranger = try NoteFixture.signer("stranger.example", seed: 4)
        #expect(throws: NoteError.noKnownSignature) { try note.verify(with: [stranger.verifierKey]) }
        // A known key's bad line spoils a note that another known key signed well.
        let bad = try NoteSignature(
            name: other.name, keyID: other.keyID, signature: [UInt8](repeating: 0, count: 64))
        var spoiled = try SignedNote(text: "text\n", signers: [ours])
        try spoiled.add(bad)
        try spoiled.verify(with: [ours.verifierKey])
        #expect(throws: NoteError.invalidSignature(name: "other.example")) {
            try spoiled.verify(with: [ours.verifierKey, other.verifierKey])
        }
    }

    @Test func namesAreComparedAsBytes() throws {
        let composed = try NoteFixture.signer("caf\u{e9}")
        let note = try SignedNote(text: "text\n", signers: [composed])
        let line = note.signatures[0]
        let decomposed = try NoteSignature(name: "cafe\u{301}", keyID: line.keyID, signature: line.signature)
        let other = try SignedNote(text: "text\n", signatures: [decomposed])
        #expect(throws: NoteError.noKnownSignature) { try other.verify(with: [composed.verifierKey]) }
    }

    @Test func anyFlippedByteIsRefused() throws {
        let signer = try NoteFixture.signer()
        let bytes = Array(try NoteFixture.checkpoint().sign(with: [signer]).encoded.utf8)
        _ = try Checkpoint.open(note: bytes, origin: NoteFixture.origin, keys: [signer.verifierKey])
        for at in bytes.indices {
            for bit in 0..<8 {
                var flipped = bytes
                flipped[at] ^= 1 << UInt8(bit)
                #expect(throws: CheckpointError.self, "byte \(at), bit \(bit)") {
                    try Checkpoint.open(note: flipped, origin: NoteFixture.origin, keys: [signer.verifierKey])
                }
            }
            var removed = bytes
            removed.remove(at: at)
            #expect(throws: CheckpointError.self, "without byte \(at)") {
                try Checkpoint.open(note: removed, origin: NoteFixture.origin, keys: [signer.verifierKey])
            }
        }
    }

    @Test func malformedNotesAreRefused() throws {
        let line = try SignedNote(text: "text\n", signers: [NoteFixture.signer()]).signatures[0].line
        func refusal(_ text: String) -> NoteError? { refusal(Array(text.utf8)) }
        func refusal(_ bytes: [UInt8]) -> NoteError? {
            do {
                _ = try SignedNote(parsing: bytes)
                return nil
            } catch {
                return error
            }
        }
        #expect(refusal("text\n\n" + line) == nil)
        #expect(refusal("") == .malformed)
        #expect(refusal("\n") == .malformed)
        #expect(refusal("\n\n") == .malformed)
        #expect(refusal("text\n") == .malformed)
        #expect(refusal("text\n\n") == .malformed)
        #expect(refusal("text\n" + line) == .malformed)
        #expect(refusal("text\n\n" + line.dropLast()) == .malformed)
        #expect(refusal("\n" + line) == .malformed)
        #expect(refusal("text\n\n" + line + "\n") == .malformedSignatureLine)
        #expect(refusal("text\n\n" + line + "more\n") == .malformedSignatureLine)
        #expect(refusal("text\n\n- name AAAAAAA=\n") == .malformedSignatureLine)
        #expect(refusal("text\n\n\u{2014}  AAAAAAA=\n") == .malformedSignatureLine)
        #expect(refusal("text\n\n\u{2014} a+b AAAAAAA=\n") == .malformedSignatureLine)
        #expect(refusal("text\n\n\u{2014} name  AAAAAAA=\n") == .malformedSignatureLine)
        #expect(refusal("text\n\n\u{2014} name AAAAAAA= \n") == .malformedSignatureLine)
        #expect(refusal("text\n\n\u{2014} name AAAAAA==\n") == .malformedSignatureLine)
        #expect(refusal("text\n\n\u{2014} name\u{a0}x AAAAAAA=\n") == .malformedSignatureLine)
        #expect(refusal("te\rxt\n\n" + line) == .invalidText)
        #expect(refusal("te\txt\n\n" + line) == .invalidText)
        #expect(refusal("te\0xt\n\n" + line) == .invalidText)
        #expect(refusal([0x74, 0xff, 0x0a, 0x0a] + Array(line.utf8)) == .invalidText)
        #expect(refusal([0x74, 0xc0, 0x80, 0x0a, 0x0a] + Array(line.utf8)) == .invalidText)
        let many = String(repeating: line, count: SignedNote.maximumSignatures)
        #expect(refusal("text\n\n" + many) == nil)
        #expect(refusal("text\n\n" + many + line) == .tooManySignatures)
        let long = String(repeating: "a", count: SignedNote.maximumBytes)
        #expect(refusal(long + "\n\n" + line) == .tooLarge)
        #expect(throws: NoteError.malformed) { try SignedNote(text: "text", signers: [NoteFixture.signer()]) }
        #expect(throws: NoteError.malformed) { try SignedNote(text: "text\n", signatures: []) }
        #expect(throws: NoteError.invalidText) { try SignedNote(text: "t\u{7}\n", signers: [NoteFixture.signer()]) }
    }
}
