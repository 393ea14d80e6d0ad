import Crypto
import Ledger
import Testing

@Suite struct DigestTests {
    @Test func bytesKeepTheirOrder() throws {
        let bytes = (0..<32).map { UInt8($0) }
        let digest = try #require(Digest(bytes: bytes))
        #expect(digest.bytes == bytes)
        #expect(digest.description == "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")
        #expect(digest.base64 == "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
        #expect(Digest(base64: digest.base64) == digest)
        #expect(bytes.withUnsafeBytes { Digest(unsafe: $0) } == digest)
        #expect(digest.withUnsafeBytes { Array($0) } == bytes)
        #expect(Set([digest, digest, .zero]).count == 2)
        #expect(MemoryLayout<Ledger.Digest>.size == 32)
    }

    @Test func otherLengthsAreRefused() {
        for count in [0, 31, 33, 64] {
            #expect(Digest(bytes: [UInt8](repeating: 7, count: count)) == nil)
            #expect(Digest(base64: Base64.encode([UInt8](repeating: 7, count: count))) == nil)
        }
        #expect(Digest(base64: "not base64") == nil)
    }

    /// Lengths on both sides of the border between the two ways to hash a leaf.
    @Test(arguments: [0, 1, 40, 72, 304, 1022, 1023, 1024, 1025, 65_535]) func leavesAndNodes(count: Int) {
        let data = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        #expect(Digest.leaf(data).bytes == Array(SHA256.hash(data: [0] + data)))
        #expect(Digest.sha256(data).bytes == Array(SHA256.hash(data: data)))
        let (left, right) = (Digest.leaf(data), Digest.sha256(data))
        #expect(Digest.node(left, right).bytes == Array(SHA256.hash(data: [1] + left.bytes + right.bytes)))
    }

    @Test func listsOfDigests() {
        let list = (0..<5).map { leafHash($0) }
        let bytes = Digest.bytes(of: list)
        #expect(bytes.count == 160)
        #expect(Digest.list(from: bytes) == list)
        #expect(Digest.list(from: []) == [])
        #expect(Digest.list(from: Array(bytes.dropLast())) == nil)
    }

    @Test func base64IsStrict() {
        let known: [([UInt8], String)] = [
            ([], ""), ([0x66], "Zg=="), ([0x66, 0x6f], "Zm8="), ([0x66, 0x6f, 0x6f], "Zm9v"),
        ]
        for (bytes, text) in known {
            #expect(Base64.encode(bytes) == text)
            #expect(Base64.decode(text.utf8) == bytes)
        }
        #expect(Base64.decode("+/+/".utf8) == [0xfb, 0xff, 0xbf])
        for text in [
            "Zg", "Zg=", "Zg==\n", "Zh==", "Zm9=", "Z===", "====", "Zm9v=", "-_-_", " Zg=", "Zg==Zg==", "Zg=g",
        ] {
            #expect(Base64.decode(text.utf8) == nil, "\(text)")
        }
        for count in 0..<64 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 77 &+ count) }
            #expect(Base64.decode(Base64.encode(bytes).utf8) == bytes)
        }
    }
}
