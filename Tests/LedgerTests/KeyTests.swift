import Ledger
import Testing

@Suite struct KeyTests {
    /// The example key of C2SP signed-note.
    static let example = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"

    @Test func theSpecificationsKeyReadsAndWrites() throws {
        let key = try VerifierKey(text: Self.example)
        #expect(key.name == "example.com/foo")
        #expect(key.keyID == 0x530d_903a)
        #expect(key.type == SignatureType.ed25519)
        #expect(key.publicKey.count == 32)
        #expect(key.isSupported)
        #expect(key.text == Self.example)
    }

    /// RFC 8032 section 7.1, test 1: the public key of a known seed.
    @Test func aSeedHasItsPublicKey() throws {
        let seed: [UInt8] = [
            0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4, 0x44, 0x49,
            0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60,
        ]
        let key = try Ed25519Signer(name: "log.example", seed: seed).verifierKey
        #expect(
            Digest(bytes: key.publicKey)?.description
                == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    }

    @Test func privateKeysRoundTrip() throws {
        let signer = try Ed25519Signer.generate(name: NoteFixture.origin)
        let read = try Ed25519Signer(privateText: signer.privateText)
        #expect(read.verifierKey == signer.verifierKey)
        #expect(read.privateText == signer.privateText)
        #expect(signer.privateText.hasPrefix("PRIVATE+KEY+log.example/district+"))
        let other = try Ed25519Signer.generate(name: NoteFixture.origin)
        #expect(other.verifierKey != signer.verifierKey)
        let text = Array("text\n".utf8)
        let note = try SignedNote(text: "text\n", signers: [read])
        #expect(try note.verify(with: [signer.verifierKey]) == [signer.verifierKey])
        #expect(try read.sign(text).count == 64)
    }

    @Test func unsupportedTypesSurviveButVerifyNothing() throws {
        let key = try VerifierKey(name: "log.example", type: 0x06, publicKey: [UInt8](repeating: 3, count: 1312))
        #expect(!key.isSupported)
        #expect(try VerifierKey(text: key.text) == key)
        // A type may define its own key id: ECDSA's is not the recommended one.
        let foreign = "log.example+00000001+" + Base64.encode([0x02, 1, 2, 3])
        #expect(try VerifierKey(text: foreign).text == foreign)
        let line = try NoteSignature(name: key.name, keyID: key.keyID, signature: [1])
        let note = try SignedNote(text: "text\n", signatures: [line])
        #expect(throws: NoteError.noKnownSignature) { try note.verify(with: [key]) }
    }

    @Test func damagedKeysAreRefused() throws {
        let base64 = "AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
        let refusals: [(String, KeyError)] = [
            ("", .malformed), ("name", .malformed), ("name+530d903a", .malformed),
            ("example.com/foo+530d903b+" + base64, .wrongKeyID),
            ("example.com/fop+530d903a+" + base64, .wrongKeyID),
            ("example.com/foo+530D903A+" + base64, .malformed),
            ("example.com/foo+30d903a+" + base64, .malformed),
            ("example.com/foo+530d903a+", .malformed),
            ("example.com/foo+530d903a+" + base64 + "\n", .malformed),
            ("example.com/foo+530d903a+" + base64.dropLast(4), .malformed),
            ("+530d903a+" + base64, .invalidName),
            ("a b+530d903a+" + base64, .invalidName),
            ("a\u{3000}b+530d903a+" + base64, .invalidName),
            ("a\u{1}b+530d903a+" + base64, .invalidName),
        ]
        for (text, error) in refusals {
            #expect(throws: error, "\(text)") { try VerifierKey(text: text) }
        }
        #expect(throws: KeyError.invalidName) { try Ed25519Signer.generate(name: "a+b") }
        #expect(throws: KeyError.malformed) { try Ed25519Signer(name: "a", seed: [1]) }
        let text = try NoteFixture.signer().privateText
        #expect(throws: KeyError.malformed) { try Ed25519Signer(privateText: String(text.dropFirst())) }
        #expect(throws: KeyError.self) { try Ed25519Signer(privateText: String(text.dropLast())) }
        #expect(throws: KeyError.unsupportedType(2)) {
            try Ed25519Signer(privateText: "PRIVATE+KEY+a+00000000+" + Base64.encode([2, 1]))
        }
        let renamed = "PRIVATE+KEY+other" + text.dropFirst("PRIVATE+KEY+log.example/district".count)
        #expect(throws: KeyError.wrongKeyID) { try Ed25519Signer(privateText: renamed) }
    }
}
