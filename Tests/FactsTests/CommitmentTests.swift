import Facts
import Foundation
import Testing

/// Computed with Python's hashlib from the formulas in the documentation.
enum KnownAnswers {
    static let empty = "44d8728944ec51d8752b2d5da505b92f023fdea0bc02b477082271be5ef48585"
    static let small = "c09a07cad469567d69697a52df339c10880a78e7df881509c1ac5ab708e00cbd"
    static let large = "54594ebc883ec40e03bef2672678a3890f7a91ad6512adce1b0e7a3a33978ffc"
    static let otherSalt = "982756357b7b33131ca9ddd6e7cfb932872a2a36fea1a6eca51f5e38e298f925"
    static let received = "000001a20c91a000"
    static let privatePart = "2b9eccf26589b2e93e499fa494c47b52446744b8415ef6551942c780fb28b9c6"
    static let key: UInt64 = 0xae8f_2daf_1dc7_aa06
}

@Suite("Commitments")
struct CommitmentTests {
    static let salt = Array(0..<32 as Range<UInt8>)
    static let zeros = [UInt8](repeating: 0, count: 32)

    static func hex(_ bytes: some Sequence<UInt8>) -> String { bytes.map { String(format: "%02x", $0) }.joined() }

    @Test func commitment() {
        #expect(Self.hex(Commitment.of([], salt: Self.salt)) == KnownAnswers.empty)
        #expect(Self.hex(Commitment.of(Array("{\"a\":1}".utf8), salt: Self.salt)) == KnownAnswers.small)
        let large = Array(String(repeating: "中", count: 1000).utf8)
        #expect(Self.hex(Commitment.of(large, salt: Self.salt)) == KnownAnswers.large)
        #expect(Self.hex(Commitment.of(Array("{\"a\":1}".utf8), salt: Self.zeros)) == KnownAnswers.otherSalt)
    }

    @Test func leaf() {
        let body = Array("{\"a\":1}".utf8)
        let received: Int64 = 1_795_507_200_000
        let leaf = Self.salt.withUnsafeBytes { LeafData.of(body: body, salt: $0, received: received) }
        #expect(Self.hex(leaf) == KnownAnswers.small + KnownAnswers.received)
        #expect(leaf.count == LeafData.count)
        let privateCommitment = Commitment.of(Array("{\"person\":\"p1\"}".utf8), salt: Self.zeros)
        let longer = Self.salt.withUnsafeBytes {
            LeafData.of(body: body, salt: $0, received: received, privateCommitment: privateCommitment)
        }
        #expect(Self.hex(longer) == KnownAnswers.small + KnownAnswers.received + KnownAnswers.privatePart)
    }

    @Test(
        "base64url: the vectors of RFC 4648 and RFC 7515, without padding",
        arguments: [
            ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"),
            ("foobar", "Zm9vYmFy"),
            ("?>~", "Pz5-"), ("???", "Pz8_"),
        ])
    func base64url(_ text: String, _ encoded: String) {
        #expect(Base64URL.encode(text.utf8) == encoded)
        #expect(Base64URL.decode(encoded).map(Array.init) == Array(text.utf8))
    }

    @Test(
        "base64url refuses what RFC 7515 does not write",
        arguments: [
            "Zg==", "Zm8=", "Z", "Zm9vY", "Zh", "Zm9", "Zm9v\n", " Zm9v", "Zm+v", "Zm/v", "Zm9.", "Zm9vé", "Zm\u{0}v",
            "Zm9@", "[m9v",
        ])
    func base64urlRefuses(_ text: String) {
        #expect(Base64URL.decode(text) == nil)
    }

    @Test func base64urlRoundTrip() {
        var random = Seeded(stream: 9)
        for _ in 0..<2_000 {
            let bytes = (0..<random.below(70)).map { _ in UInt8(random.below(256)) }
            let text = Base64URL.encode(bytes)
            #expect(Base64URL.decode(text).map(Array.init) == bytes)
            #expect(!text.contains { "+/=".contains($0) })
        }
    }
}

@Suite("The platform's own writer")
struct FactWriterTests {
    @Test("bytes are fixed: members in order, time in UTC, text escaped")
    func bytes() {
        let consequence = Consequence(
            id: "a\"b", source: "rule/x", type: "case.filed", subject: "中", time: 1_795_507_200_500, cause: 7,
            data: .object([.init("n", .integer(-1)), .init("d", .double(1)), .init("t", .string("\n/"))]))
        let expected =
            #"{"specversion":"1.0","id":"a\"b","source":"rule/x","type":"case.filed","subject":"中","#
            + #""time":"2026-11-24T08:00:00.500Z","cause":7,"data":{"n":-1,"d":1.0,"t":"\u000a/"}}"#
        #expect(String(decoding: consequence.body, as: UTF8.self) == expected)
    }

    @Test("what it writes, the reader reads")
    func readsBack() throws {
        let body = FactWriter.body(
            id: "1", source: "system/x", type: "test.minimal", subject: nil, time: TestTypes.now,
            data: .object([.init("floor", .integer(5))]))
        let fact = try TestTypes.reader().read(body)
        #expect(fact.integer(slot: 0) == 5 && fact.time == TestTypes.now && fact.cause == nil && fact.body == body)
    }
}
