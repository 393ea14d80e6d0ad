public import Atlas
import Crypto

/// What a source said about a subject at a time: the body byte for byte, and where its parts stand in it.
public struct Fact: Sendable {
    /// The exact bytes of the CloudEvents object as it arrived, with the member `private` cut out.
    public let body: [UInt8]
    /// The exact bytes of the value of `private`; never part of the body, never read by the fold.
    public internal(set) var privatePart: [UInt8]?
    /// Whom the private part concerns: its member `person`, a random pseudonym of 1 to 64 of a–z, A–Z, 0–9, `-` and
    /// `_`; nil if it names nobody.
    public internal(set) var person: String?
    /// The source's signature over the body, if it signed.
    public var signature: Signature?

    /// The index of the registration by which the edge let it in; nil if it came by no source's own token or key.
    public var admission: UInt64?

    /// The source's own name for the fact; unique per source.
    public let id: Text
    /// The registered source.
    public let source: Text
    /// The number of the type in the schemas it was read with.
    public let type: Int
    /// The version of the schemas that it was read with.
    public let schemaVersion: Int
    /// What it is about.
    public let subject: Text?
    /// When it happened, by the source's clock: milliseconds since 1970 UTC.
    public let time: Int64
    /// The source's running number, if it counts.
    public let sequence: UInt64?
    /// The index of the fact that demanded this one; only the platform's own facts have it.
    public let cause: UInt64?
    /// The members of `data` in the order of the type's schema.
    public let slots: [Slot]
    /// Names (source, id) in eight bytes; equal for a fact that is sent twice, and for a stranger once in 2^64.
    public let key: UInt64

    /// The value of one member of `data`.
    public enum Slot: Hashable, Sendable {
        /// Not in the fact.
        case absent
        /// true or false
        case bool(Bool)
        /// an integer
        case int(Int64)
        /// a finite number
        case double(Double)
        /// a text, where it stands in the body
        case text(Text)
        /// milliseconds since 1970 UTC
        case time(Int64)
        /// a position in WGS-84, whatever system it was written in
        case position(Position)
        /// any JSON value, where it stands in the body
        case json(Text)
    }

    /// A flattened JWS without its payload, which is the body (RFC 7515 section 7.2.2).
    public struct Signature: Hashable, Sendable {
        /// The protected header as it was sent, base64url.
        public let protected: String
        /// The signature, base64url.
        public let signature: String
        /// The salt of the signer's own commitment to `private`, base64url, if there is a private part.
        public let privateSalt: String?

        /// A flattened JWS without its payload.
        public init(protected: String, signature: String, privateSalt: String? = nil) {
            self.protected = protected
            self.signature = signature
            self.privateSalt = privateSalt
        }
    }

    /// Bytes that it holds: body, private part, signature.
    public var byteCount: Int {
        body.count + (privatePart?.count ?? 0)
            + (signature.map { $0.protected.utf8.count + $0.signature.utf8.count } ?? 0)
    }

    /// The value of an attribute.
    public func string(_ text: Text) -> String { text.string(in: body) }

    /// The value of a text slot.
    public func string(slot: Int) -> String? {
        guard case .text(let text) = slots[slot] else { return nil }
        return string(text)
    }

    /// The value of an integer slot.
    public func integer(slot: Int) -> Int64? {
        guard case .int(let value) = slots[slot] else { return nil }
        return value
    }

    /// The value of a JSON slot; nil if absent.
    public func json(slot: Int) -> JSONValue? {
        guard case .json(let text) = slots[slot] else { return nil }
        // It was checked when the fact was read.
        return try? JSONValue(parsing: body, in: text.range)
    }

    /// The key of (source, id): the first eight bytes of SHA-256(source ‖ 0x00 ‖ id).
    public static func key(source: UnsafeRawBufferPointer, id: UnsafeRawBufferPointer) -> UInt64 {
        var hash = SHA256()
        hash.update(bufferPointer: source)
        withUnsafeBytes(of: 0 as UInt8) { hash.update(bufferPointer: $0) }
        hash.update(bufferPointer: id)
        return hash.finalize().withUnsafeBytes { UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)) }
    }

    /// Whether both are from the same source under the same id, byte for byte.
    public func isSame(as other: Fact) -> Bool {
        key == other.key
            && source.decoded(in: body) == other.source.decoded(in: other.body)
            && id.decoded(in: body) == other.id.decoded(in: other.body)
    }
}

/// A fact with its place in the log.
public struct LoggedFact: Sendable {
    /// Its place, from 0.
    public let index: UInt64
    /// When the platform took it, milliseconds since 1970 UTC; never less than that of the fact before.
    public let received: Int64
    /// The fact.
    public let fact: Fact

    /// A fact with its place in the log.
    public init(index: UInt64, received: Int64, fact: Fact) {
        self.index = index
        self.received = received
        self.fact = fact
    }
}
