/// A fact as a flattened JWS (RFC 7515 section 7.2.2): `payload` is the body, `protected` names algorithm and key, and
/// `private` with `privatesalt` stands beside it, bound by the body's `privatedigest`.
public struct SignedFact: Sendable {
    /// The name of the source whose key signed, from `kid`.
    public let keyID: String
    /// The bytes that are to be read as a fact: the payload, and `private` put back in as its last member.
    public let object: [UInt8]
    /// The header and signature, to be kept with the fact.
    public let signature: Fact.Signature

    /// Characters of a protected header: an algorithm, a source's id, and room.
    static let maximumProtected = 1024
    /// Characters of a signature; both algorithms' have 86.
    static let maximumSignature = 128
    /// Characters of a payload: a body in base64url.
    static let maximumPayload = (FactReader.maximumBody * 4 + 2) / 3

    private let algorithm: String
    private let signingInput: [UInt8]
    private let signatureBytes: [UInt8]
    private let payload: [UInt8]
    private let privatePart: [UInt8]?

    /// Reads the JWS; nothing is verified yet.
    public init(_ bytes: [UInt8], in range: Range<Int>? = nil) throws(Refusal) {
        let members: Members
        do {
            members = try Members(bytes, in: range)
        } catch {
            throw Refusal(error, within: range?.lowerBound ?? 0)
        }
        func required(_ name: String) throws(Refusal) -> String {
            guard let text = members.texts[name] else { throw Refusal(.signature, field: name, rule: "is required") }
            return text
        }
        let protected = try required("protected")
        let payloadText = try required("payload")
        let signatureText = try required("signature")
        for (field, text, most) in [
            ("protected", protected, Self.maximumProtected), ("signature", signatureText, Self.maximumSignature),
            ("payload", payloadText, Self.maximumPayload),
        ] where text.utf8.count > most {
            throw Refusal(.tooLarge, field: field, rule: "has at most \(most) characters")
        }
        // One is nothing without the other; what stands alone would be kept unread.
        guard members.privateRange != nil || members.texts["privatesalt"] == nil else {
            throw Refusal(.signature, field: "privatesalt", rule: "stands without 'private'")
        }
        guard let header = Base64URL.decode(protected) else {
            throw Refusal(.signature, field: "protected", rule: "must be base64url without padding")
        }
        guard let payload = Base64URL.decode(payloadText) else {
            throw Refusal(.signature, field: "payload", rule: "must be base64url without padding")
        }
        guard let signature = Base64URL.decode(signatureText) else {
            throw Refusal(.signature, field: "signature", rule: "must be base64url without padding")
        }
        (algorithm, keyID) = try Self.header(Array(header))
        self.payload = Array(payload)
        signatureBytes = Array(signature)
        signingInput = Array("\(protected).\(payloadText)".utf8)
        privatePart = members.privateRange.map { Array(bytes[$0]) }
        self.signature = Fact.Signature(
            protected: protected, signature: signatureText, privateSalt: members.texts["privatesalt"])
        object = try Self.joined(self.payload, privatePart)
    }

    /// Checks the signature with the source's key, and `privatedigest` with the private part.
    public func verify(with key: SourceKey) throws(Refusal) {
        guard algorithm == key.algorithm.rawValue else {
            throw Refusal(
                .signature, field: "protected.alg", rule: "the source's key is for \(key.algorithm.rawValue)")
        }
        guard key.verifies(signatureBytes, of: signingInput) else {
            throw Refusal(.signature, field: "signature", rule: "does not verify with the source's key")
        }
        let body = try? JSONValue(parsing: payload)
        // It would be cut out of the body, and the signature could never be checked again.
        guard body?["private"] == nil else {
            throw Refusal(.signature, field: "payload", rule: "must not hold 'private', which stands beside it")
        }
        let digest = body?["privatedigest"]?.string
        guard let privatePart else {
            guard digest == nil else {
                throw Refusal(.signature, field: "private", rule: "is missing, though the body commits to it")
            }
            return
        }
        guard let saltText = signature.privateSalt, let salt = Base64URL.decode(saltText),
            salt.count == Commitment.saltCount
        else { throw Refusal(.signature, field: "privatesalt", rule: "must be 32 bytes in base64url") }
        guard let digest, Base64URL.decode(digest).map(Array.init) == Commitment.of(privatePart, salt: Array(salt))
        else { throw Refusal(.signature, field: "privatedigest", rule: "is not the commitment to 'private'") }
    }

    /// Checks a kept signature again, for an audit.
    public static func verify(_ signature: Fact.Signature, body: [UInt8], key: SourceKey) -> Bool {
        guard let bytes = Base64URL.decode(signature.signature),
            let header = Base64URL.decode(signature.protected),
            let (algorithm, _) = try? Self.header(Array(header)), algorithm == key.algorithm.rawValue
        else { return false }
        return key.verifies(bytes, of: Array("\(signature.protected).\(Base64URL.encode(body))".utf8))
    }

    private static func header(_ bytes: [UInt8]) throws(Refusal) -> (algorithm: String, keyID: String) {
        let parsed: JSONValue
        do {
            parsed = try JSONValue(parsing: bytes)
        } catch {
            throw Refusal(.signature, field: "protected", rule: "is not JSON: \(error.rule)")
        }
        guard let algorithm = parsed["alg"]?.string else {
            throw Refusal(.signature, field: "protected.alg", rule: "is required")
        }
        guard SourceKey.Algorithm(rawValue: algorithm) != nil else {
            let known = SourceKey.Algorithm.allCases.map(\.rawValue).joined(separator: ", ")
            throw Refusal(.signature, field: "protected.alg", rule: "must be one of: \(known)")
        }
        guard let keyID = parsed["kid"]?.string, !keyID.isEmpty else {
            throw Refusal(.signature, field: "protected.kid", rule: "is required: the id of the source")
        }
        // RFC 7515 section 4.1.11: what is marked critical and not understood must be refused; b64 would change the input.
        for name in ["crit", "b64"] where parsed[name] != nil {
            throw Refusal(.signature, field: "protected.\(name)", rule: "is not supported")
        }
        return (algorithm, keyID)
    }

    private static func joined(_ payload: [UInt8], _ privatePart: [UInt8]?) throws(Refusal) -> [UInt8] {
        guard let privatePart else { return payload }
        let isSpace: (UInt8) -> Bool = { [0x20, 0x0A, 0x0D, 0x09].contains($0) }
        guard let close = payload.lastIndex(where: { !isSpace($0) }), payload[close] == UInt8(ascii: "}"),
            payload[close..<payload.endIndex].count == 1
        else { throw Refusal(.malformed, field: "payload", rule: "must be an object and end with it") }
        return payload[..<close] + Array(",\"private\":".utf8) + privatePart + [UInt8(ascii: "}")]
    }

    private struct Members {
        var texts: [String: String] = [:]
        var privateRange: Range<Int>?

        init(_ bytes: [UInt8], in range: Range<Int>?) throws(JSONError) {
            var scanner = JSONScanner(bytes, in: range)
            var names = MemberNames()
            try scanner.expect(UInt8(ascii: "{"))
            repeat {
                let name = try scanner.string()
                try names.insert(name, in: scanner)
                try scanner.expect(UInt8(ascii: ":"))
                let text = name.string(in: bytes)
                if text == "private" {
                    privateRange = try scanner.value()
                } else if ["payload", "protected", "signature", "privatesalt"].contains(text) {
                    texts[text] = try scanner.string().string(in: bytes)
                } else {
                    throw scanner.failure("'\(text.prefix(64))' is not a member of a flattened JWS", at: name.offset)
                }
            } while try scanner.continues(until: UInt8(ascii: "}"))
            try scanner.expectEnd()
        }
    }
}
