import Client
import Crypto
import Facts
import Foundation
import Testing

/// Facts that sources sign with keys of their own: taken without a token, read back with the signature, audited.
@Suite(.turn) struct SignedFactTests {
    /// A source with the key that it signs with.
    private struct Signer: Sendable {
        let source: String
        let algorithm: String
        let sign: @Sendable ([UInt8]) throws -> [UInt8]

        /// A flattened JWS; with `private`, committed to by the body.
        func jws(_ body: [UInt8], kid: String? = nil, privatePart: String? = nil, salt: [UInt8] = []) throws -> [UInt8]
        {
            let header = Base64URL.encode(Array(#"{"alg":"\#(algorithm)","kid":"\#(kid ?? source)"}"#.utf8))
            let payload = Base64URL.encode(body)
            let signature = Base64URL.encode(try sign(Array("\(header).\(payload)".utf8)))
            let rest = privatePart.map { #","private":\#($0),"privatesalt":"\#(Base64URL.encode(salt))""# } ?? ""
            return Array(
                #"{"protected":"\#(header)","payload":"\#(payload)","signature":"\#(signature)"\#(rest)}"#.utf8)
        }

        static func edDSA(_ source: String, _ key: Curve25519.Signing.PrivateKey) -> Signer {
            Signer(source: source, algorithm: "EdDSA") { Array(try key.signature(for: $0)) }
        }

        static func es256(_ source: String, _ key: P256.Signing.PrivateKey) -> Signer {
            Signer(source: source, algorithm: "ES256") { Array(try key.signature(for: $0).rawRepresentation) }
        }
    }

    private static let salt = [UInt8](repeating: 7, count: 32)
    private static let privatePart = #"{"person":"3f9a"}"#

    private static func door(_ id: String, _ source: String, commitment: String? = nil) -> [UInt8] {
        let digest = commitment.map { #","privatedigest":"\#($0)""# } ?? ""
        return Array(
            (#"{"specversion":"1.0","id":"\#(id)","source":"\#(source)","type":"access.opened","subject":"door/3","#
                + #""time":"\#(Said.time)","data":{"method":"card"}\#(digest)}"#).utf8)
    }

    @Test func bothAlgorithmsInBothForms() async throws {
        var store = try await Store()
        let first = Curve25519.Signing.PrivateKey()
        let second = P256.Signing.PrivateKey()
        let signers = [Signer.edDSA("device/ed", first), .es256("device/p256", second)]
        let keys = [
            "EdDSA:" + Base64URL.encode(first.publicKey.rawRepresentation),
            "ES256:" + Base64URL.encode(second.publicKey.rawRepresentation),
        ]
        for (signer, key) in zip(signers, keys) {
            let token = try await store.add(signer.source, role: "device", "--public-key", key)
            #expect(token.isEmpty, "a source that signs needs no token")
        }
        let served = try await Served(store)
        for signer in signers { try await speak(signer, served) }
        try await served.stopWell()
        let facts = try await store.facts().filter { $0.type == "access.opened" || $0.type == "object.fell" }
        try #require(facts.count == 10)
        let report = try await store.audited()
        #expect(report["ok"]?.bool == true)

        // The audit does look at signatures: one of them stands with another fact.
        if let sqlite = Place.tool("sqlite3") {
            let at = facts[0].index
            let change =
                "UPDATE fact SET signature = (SELECT signature FROM fact WHERE idx = \(facts[1].index)) WHERE idx = \(at)"
            let ran = try await run(sqlite, [store.path, change])
            #expect(ran.status == 0, "\(ran.all)")
            let audit = try await jianghan("audit", "--store", store.path)
            #expect(audit.status == 1, "\(audit.all)")
            #expect(audit.output.contains("fact \(at): the signature of 'device/ed' does not verify"), "\(audit.all)")
        }
    }

    private func speak(_ signer: Signer, _ served: Served) async throws {
        let source = signer.source
        func post(_ body: [UInt8]) async throws -> Answer {
            try await served.send("POST", "/facts", type: "application/jose+json", body: body)
        }
        let single = try await post(signer.jws(Self.door("1", source)))
        #expect(single.status == 201, "\(single.text)")
        #expect(try await post(signer.jws(Self.door("1", source))).json["duplicate"]?.bool == true)
        let array = try await post(
            Said.batch([signer.jws(Self.door("2", source)), signer.jws(Said.fell("3", from: source)), Array("{}".utf8)])
        )
        #expect(array.status == 200)
        #expect(array.json.elements?.compactMap { $0["index"]?.integer }.count == 2, "\(array.text)")
        let wrong = array.json.elements?.last?["error"].map(Wrong.init)
        #expect(wrong?.code == "malformed" && wrong?.message.hasPrefix("expected '\"', found '}'") == true)

        // With a private part, committed to by the body that is signed.
        let commitment = Base64URL.encode(Commitment.of(Array(Self.privatePart.utf8), salt: Self.salt))
        let body = Self.door("4", source, commitment: commitment)
        let withPrivate = try signer.jws(body, privatePart: Self.privatePart, salt: Self.salt)
        let taken = try await post(withPrivate)
        #expect(taken.status == 201, "\(taken.text)")
        let again = try await post(Said.batch([signer.jws(Self.door("5", source)), withPrivate]))
        #expect(again.json.elements?.map { $0["duplicate"]?.bool ?? false } == [false, true])

        // Read back: the body byte for byte, the signature over it, no private part.
        let kept = try await served.get("/facts/\(taken.json["index"]?.integer ?? -1)").json
        #expect(kept["body"]?.string.flatMap { Data(base64Encoded: $0) } == Data(body))
        let parts = try #require(kept["signature"]?.string).split(separator: ".", omittingEmptySubsequences: false).map(
            String.init)
        let sent = try JSONValue(parsing: withPrivate)
        #expect(parts.first == sent["protected"]?.string)
        #expect(parts.contains(sent["signature"]?.string ?? "?"))
        // With the signer's salt a stranger could test guesses against the body's own digest.
        #expect(parts.count == 2)
        #expect(!String(decoding: kept.text, as: UTF8.self).contains(Base64URL.encode(Self.salt)))
        // The log's own commitment has a salt of its own.
        let own = kept["privateCommitment"]?.string.flatMap { Data(base64Encoded: $0) }
        #expect(own?.count == Commitment.count)
        #expect(!String(decoding: kept.text, as: UTF8.self).contains("3f9a"))
    }

    @Test func whatDoesNotVerifyIsRefused() async throws {
        var store = try await Store(devices: "device/token")
        let key = Curve25519.Signing.PrivateKey()
        let signer = Signer.edDSA("device/ed", key)
        let text = "EdDSA:" + Base64URL.encode(key.publicKey.rawRepresentation)
        try await store.add("device/ed", role: "device", "--public-key", text)
        try await store.add("device/gone", role: "device", "--public-key", text)
        let served = try await Served(store)
        #expect(try await jianghan("source", "revoke", "device/gone", "--store", store.path).status == 0)
        let body = Self.door("1", "device/ed")
        let stranger = Signer.edDSA("device/ed", Curve25519.Signing.PrivateKey())
        let other = Signer.es256("device/ed", P256.Signing.PrivateKey())
        let commitment = Base64URL.encode(Commitment.of(Array(Self.privatePart.utf8), salt: Self.salt))
        let cases: [(body: [UInt8], status: Int, wrong: Wrong)] = [
            (try stranger.jws(body), 403, Wrong("signature", "signature: does not verify with the source's key")),
            (try other.jws(body), 403, Wrong("signature", "protected.alg: the source's key is for EdDSA")),
            (
                try signer.jws(body, kid: "device/nobody"), 401,
                Wrong("unauthenticated", "protected.kid: no source 'device/nobody' is registered")
            ),
            (
                try signer.jws(Self.door("1", "device/gone"), kid: "device/gone"), 403,
                Wrong("revoked", "protected.kid: the source 'device/gone' was revoked")
            ),
            (
                try signer.jws(Self.door("1", "device/token"), kid: "device/token"), 403,
                Wrong("signature", "protected.kid: 'device/token' registered no key")
            ),
            (
                try signer.jws(Self.door("1", "device/token")), 403,
                Wrong("forbidden", "source: the token belongs to 'device/ed'")
            ),
            (
                try signer.jws(Self.door("1", "device/ed", commitment: commitment)), 403,
                Wrong("signature", "private: is missing, though the body commits to it")
            ),
            (
                try signer.jws(
                    Self.door("1", "device/ed", commitment: commitment), privatePart: #"{"person":"3f9b"}"#,
                    salt: Self.salt),
                403, Wrong("signature", "privatedigest: is not the commitment to 'private'")
            ),
            (
                try signer.jws(body, privatePart: Self.privatePart, salt: Self.salt), 403,
                Wrong("signature", "privatedigest: is not the commitment to 'private'")
            ),
            (Array(#"{"payload":"e30","protected":"e30"}"#.utf8), 403, Wrong("signature", "signature: is required")),
        ]
        for (number, (body, status, wrong)) in cases.enumerated() {
            let answer = try await served.send("POST", "/facts", type: "application/jose+json", body: body)
            #expect(answer.status == status, "case \(number)")
            #expect(answer.error == wrong, "case \(number)")
        }
        try await served.stopWell()
        #expect(try await store.facts().allSatisfy { $0.type != "access.opened" })
    }

    /// Keys as OpenSSL writes them.
    @Test(.enabled(if: Place.tool("openssl") != nil, "openssl is missing"))
    func keysInPEM() async throws {
        let openssl = try #require(Place.tool("openssl"))
        var store = try await Store()
        func make(_ name: String, _ arguments: String...) async throws -> (pem: String, privateDER: [UInt8]) {
            let (key, pem, der) = (
                store.folder.file("\(name).key"), store.folder.file("\(name).pem"), store.folder.file("\(name).der")
            )
            for command in [
                ["genpkey"] + arguments + ["-out", key], ["pkey", "-in", key, "-pubout", "-out", pem],
                ["pkey", "-in", key, "-outform", "DER", "-out", der],
            ] {
                let ran = try await run(openssl, command)
                try #require(ran.status == 0, "\(ran.all)")
            }
            return (pem, Array(try Data(contentsOf: URL(fileURLWithPath: der))))
        }
        let ed = try await make("ed", "-algorithm", "ed25519")
        let ec = try await make("ec", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")
        try await store.add("device/ed", role: "device", "--public-key", ed.pem)
        try await store.add("device/p256", role: "device", "--public-key", ec.pem)
        // RFC 8410: the key is the last 32 bytes.
        let signers = [
            Signer.edDSA("device/ed", try .init(rawRepresentation: ed.privateDER.suffix(32))),
            .es256("device/p256", try .init(derRepresentation: ec.privateDER)),
        ]
        let served = try await Served(store)
        for signer in signers {
            let answer = try await served.send(
                "POST", "/facts", type: "application/jose+json", body: signer.jws(Self.door("1", signer.source)))
            #expect(answer.status == 201, "\(answer.text)")
        }
        try await served.stopWell()
        try await store.audited()

        let rsa = try await make("rsa", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048")
        for (key, message) in [
            (rsa.pem, "holds no Ed25519 or P-256 public key in PEM"),
            ("EdDSA:AAAA", "is neither a file nor EdDSA:… or ES256:…"),
        ] {
            let refused = try await jianghan(
                "source", "add", "device/x", "--role", "device", "--store", store.path, "--public-key", key)
            #expect(refused.status != 0)
            #expect(refused.errors.contains(message), "\(refused.all)")
        }
    }
}
