import Crypto
import Facts
import Foundation
import Testing

/// A key pair of either algorithm, from fixed bytes.
enum TestSigner: CaseIterable {
    case edDSA, es256

    private static let secret = Data((1...32).map { UInt8($0) })

    var key: SourceKey? {
        switch self {
        case .edDSA:
            (try? Curve25519.Signing.PrivateKey(rawRepresentation: Self.secret)).flatMap {
                SourceKey(.edDSA, raw: $0.publicKey.rawRepresentation)
            }
        case .es256:
            (try? P256.Signing.PrivateKey(rawRepresentation: Self.secret)).flatMap {
                SourceKey(.es256, raw: $0.publicKey.rawRepresentation)
            }
        }
    }

    var algorithm: String { self == .edDSA ? "EdDSA" : "ES256" }

    func signature(of text: String) throws -> String {
        let message = Data(text.utf8)
        switch self {
        case .edDSA:
            return Base64URL.encode(
                try Curve25519.Signing.PrivateKey(rawRepresentation: Self.secret).signature(for: message))
        case .es256:
            return Base64URL.encode(
                try P256.Signing.PrivateKey(rawRepresentation: Self.secret).signature(for: message).rawRepresentation)
        }
    }

    /// A flattened JWS with its members as raw JSON, to be changed by tests.
    func jws(_ payload: [UInt8], header: String? = nil) throws -> Event {
        let header = header ?? "{\"alg\":\"\(algorithm)\",\"kid\":\"device/1\"}"
        let (protected, body) = (Base64URL.encode(header.utf8), Base64URL.encode(payload))
        var event = Event()
        event.members = [
            ("protected", "\"\(protected)\""), ("payload", "\"\(body)\""),
            ("signature", "\"\(try signature(of: "\(protected).\(body)"))\""),
        ]
        return event
    }
}

@Suite("Signed facts")
struct SignedFactTests {
    static let privatePart = "{\"person\" : \"p\"}"
    static let salt = [UInt8](repeating: 7, count: 32)

    static var payload: [UInt8] { Event("test.everything", data: "{}").bytes }

    static func withDigest(_ privatePart: String = privatePart) -> [UInt8] {
        let digest = Base64URL.encode(Commitment.of(Array(privatePart.utf8), salt: salt))
        return Event("test.everything", data: "{}").with("privatedigest", "\"\(digest)\"").bytes
    }

    private func refusal(_ event: Event, _ key: SourceKey?) throws -> Refusal? {
        let key = try #require(key)
        do {
            let signed = try SignedFact(event.bytes)
            try signed.verify(with: key)
            _ = try TestTypes.reader().read(signed.object)
            return nil
        } catch let refusal as Refusal {
            return refusal
        }
    }

    @Test("a signed fact verifies, now and from what is kept", arguments: TestSigner.allCases)
    func verifies(_ signer: TestSigner) throws {
        let key = try #require(signer.key)
        for payload in [Self.payload, Array(" \(Event().text)\n".utf8)] {
            let signed = try SignedFact(signer.jws(payload).bytes)
            try signed.verify(with: key)
            #expect(signed.keyID == "device/1")
            let fact = try TestTypes.reader().read(signed.object)
            #expect(fact.body == payload, "the body is the payload, so the signature can be checked again")
            #expect(SignedFact.verify(signed.signature, body: fact.body, key: key))
            #expect(!SignedFact.verify(signed.signature, body: fact.body + [0x20], key: key))
        }
    }

    @Test("with a private part, bound by its digest", arguments: TestSigner.allCases)
    func privatePart(_ signer: TestSigner) throws {
        let key = try #require(signer.key)
        let salt = "\"\(Base64URL.encode(Self.salt))\""
        let event = try signer.jws(Self.withDigest()).with("private", Self.privatePart).with("privatesalt", salt)
        let signed = try SignedFact(event.bytes)
        try signed.verify(with: key)
        let fact = try TestTypes.reader().read(signed.object)
        #expect(fact.body == Self.withDigest())
        #expect(fact.privatePart.map { String(decoding: $0, as: UTF8.self) } == Self.privatePart)
        #expect(SignedFact.verify(signed.signature, body: fact.body, key: key))
        #expect(signed.signature.privateSalt == Base64URL.encode(Self.salt))

        #expect(try refusal(event.with("private", "{\"person\":\"q\"}"), key)?.field == "privatedigest")
        // Another spelling of the same value is another value: the digest is over bytes.
        #expect(try refusal(event.with("private", "{\"person\":\"p\"}"), key)?.field == "privatedigest")
        #expect(try refusal(event.without("private").without("privatesalt"), key)?.field == "private")
        #expect(try refusal(event.without("private"), key)?.field == "privatesalt", "kept unread otherwise")
        let dotted = try signer.jws(Self.payload).with("privatesalt", "\"a.b\"")
        #expect(try refusal(dotted, key)?.field == "privatesalt")
        for (name, most) in [("protected", 1024), ("signature", 128), ("payload", 87_380)] {
            let long = "\"\(String(repeating: "A", count: most + 4))\""
            let refused = try refusal(signer.jws(Self.payload).without(name).with(name, long), key)
            #expect(refused?.code == .tooLarge && refused?.field == name)
        }
        #expect(try refusal(event.without("privatesalt"), key)?.field == "privatesalt")
        #expect(try refusal(event.with("privatesalt", "\"AAAA\""), key)?.field == "privatesalt")
        let otherSalt = "\"\(Base64URL.encode([UInt8](repeating: 8, count: 32)))\""
        #expect(try refusal(event.with("privatesalt", otherSalt), key)?.field == "privatedigest")
        let unbound = try signer.jws(Self.payload).with("private", Self.privatePart).with("privatesalt", salt)
        #expect(try refusal(unbound, key)?.field == "privatedigest")
    }

    @Test(
        "private inside the payload is refused: the kept body would not be what was signed",
        arguments: TestSigner.allCases)
    func privateInside(_ signer: TestSigner) throws {
        for name in ["private", "\\u0070rivate"] {
            let payload = Event("test.everything", data: "{}").with(name, "{}").bytes
            #expect(try refusal(signer.jws(payload), signer.key)?.code == .signature)
            let salt = "\"\(Base64URL.encode(Self.salt))\""
            let both = try signer.jws(payload).with("private", "{}").with("privatesalt", salt)
            #expect(try refusal(both, signer.key) != nil)
        }
    }

    @Test("changed or foreign", arguments: TestSigner.allCases)
    func changed(_ signer: TestSigner) throws {
        let event = try signer.jws(Self.payload)
        let other: TestSigner = signer == .edDSA ? .es256 : .edDSA
        let strangers = [
            SourceKey(.edDSA, raw: Curve25519.Signing.PrivateKey().publicKey.rawRepresentation),
            SourceKey(.es256, raw: P256.Signing.PrivateKey().publicKey.rawRepresentation),
        ]
        for stranger in strangers where stranger?.algorithm == signer.key?.algorithm {
            #expect(try refusal(event, stranger)?.field == "signature")
        }
        #expect(try refusal(event, other.key)?.field == "protected.alg")
        let changed = Base64URL.encode(Event().with("id", "\"b\"").bytes)
        #expect(try refusal(event.with("payload", "\"\(changed)\""), signer.key)?.field == "signature")
        let header = Base64URL.encode("{\"alg\":\"\(signer.algorithm)\",\"kid\":\"device/2\"}".utf8)
        #expect(try refusal(event.with("protected", "\"\(header)\""), signer.key)?.field == "signature")
        #expect(try refusal(event.with("signature", "\"\""), signer.key)?.field == "signature")
        #expect(try refusal(event.with("signature", "\"AAAA\""), signer.key)?.field == "signature")
    }

    @Test(
        "headers that are refused before any key is asked",
        arguments: [
            ("{\"alg\":\"none\",\"kid\":\"a\"}", "protected.alg"),
            ("{\"alg\":\"HS256\",\"kid\":\"a\"}", "protected.alg"),
            ("{\"alg\":\"eddsa\",\"kid\":\"a\"}", "protected.alg"), ("{\"kid\":\"a\"}", "protected.alg"),
            ("{\"alg\":\"EdDSA\"}", "protected.kid"), ("{\"alg\":\"EdDSA\",\"kid\":\"\"}", "protected.kid"),
            ("{\"alg\":\"EdDSA\",\"kid\":5}", "protected.kid"),
            ("{\"alg\":\"EdDSA\",\"kid\":\"a\",\"crit\":[]}", "protected.crit"),
            ("{\"alg\":\"EdDSA\",\"kid\":\"a\",\"crit\":[\"exp\"],\"exp\":1}", "protected.crit"),
            ("{\"alg\":\"EdDSA\",\"kid\":\"a\",\"b64\":false}", "protected.b64"),
            ("{\"alg\":\"EdDSA\",\"alg\":\"none\",\"kid\":\"a\"}", "protected"), ("[]", "protected.alg"),
            ("nonsense", "protected"),
        ])
    func headers(_ header: String, _ field: String) throws {
        let event = try TestSigner.edDSA.jws(Self.payload, header: header)
        let refusal = try refusal(event, TestSigner.edDSA.key)
        #expect(refusal?.code == .signature && refusal?.field == field, "\(String(describing: refusal))")
    }

    @Test("the JWS itself")
    func shape() throws {
        let event = try TestSigner.edDSA.jws(Self.payload)
        for name in ["protected", "payload", "signature"] {
            #expect(try refusal(event.without(name), TestSigner.edDSA.key)?.field == name)
            #expect(try refusal(event.with(name, "\"a=\""), TestSigner.edDSA.key)?.field == name)
            #expect(try refusal(event.with(name, "5"), TestSigner.edDSA.key)?.code == .malformed)
        }
        for text in ["{}", "[]", "", "{\"payload\":\"\",\"payload\":\"\"}"] {
            #expect(throws: Refusal.self) { try SignedFact(Array(text.utf8)) }
        }
        #expect(try refusal(event.with("header", "{}"), TestSigner.edDSA.key)?.code == .malformed)
        let trailing = try TestSigner.edDSA.jws(Self.withDigest() + [0x20]).with("private", Self.privatePart)
        #expect(try refusal(trailing, TestSigner.edDSA.key)?.field == "payload")
        let moved = Array(repeating: UInt8(0x20), count: 9) + event.bytes + [0x20]
        _ = try SignedFact(moved, in: 9..<9 + event.bytes.count)
    }

    @Test("the examples of RFC 8037 A.4 and RFC 7515 A.3")
    func rfc() throws {
        let ed = try #require(SourceKey(text: "EdDSA:11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"))
        let edInput = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"
        let edSignature = try #require(
            Base64URL.decode(
                "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"))
        #expect(ed.verifies(edSignature, of: edInput.utf8))
        #expect(!ed.verifies(edSignature, of: edInput.utf8.dropLast()))
        let x = try #require(Base64URL.decode("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"))
        let y = try #require(Base64URL.decode("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"))
        let es = try #require(SourceKey(.es256, raw: x + y))
        let esInput =
            "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
        let esSignature = try #require(
            Base64URL.decode(
                "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"))
        #expect(es.verifies(esSignature, of: esInput.utf8))
        #expect(!es.verifies(esSignature.dropLast(), of: esInput.utf8))
    }

    @Test("keys as text and PEM")
    func keys() throws {
        for signer in TestSigner.allCases {
            let key = try #require(signer.key)
            #expect(SourceKey(text: key.text) == key)
            for text in [":" + key.text, key.text + "=", "EdDSA:", "", "RS256:AAAA", "EdDSA:AAAA", key.text + ":"] {
                #expect(SourceKey(text: text) == nil, "\(text)")
            }
        }
        let pair = P256.Signing.PrivateKey()
        #expect(
            SourceKey(pem: pair.publicKey.pemRepresentation) == SourceKey(.es256, raw: pair.publicKey.rawRepresentation)
        )
        // The example of RFC 8410 section 10.1, and its key in hexadecimal.
        let pem = """
            -----BEGIN PUBLIC KEY-----
            MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
            -----END PUBLIC KEY-----
            """
        #expect(SourceKey(pem: pem)?.algorithm == .edDSA)
        #expect(SourceKey(pem: pem)?.raw.prefix(4) == [0x19, 0xBF, 0x44, 0x09])
        #expect(SourceKey(pem: "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----") == nil)
        #expect(SourceKey(.es256, raw: [UInt8](repeating: 1, count: 64)) == nil, "not on the curve")
        #expect(SourceKey(.edDSA, raw: [UInt8](repeating: 1, count: 31)) == nil)
    }
}
