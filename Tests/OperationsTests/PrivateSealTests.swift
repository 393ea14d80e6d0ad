import Facts
import Foundation
import Storage
import Testing

@testable import Operations

@Suite("Private parts at rest")
struct PrivateSealTests {
    private static let key = Array(repeating: UInt8(7), count: 32)
    private static let salt = Array(repeating: UInt8(9), count: 32)

    @Test func opensWithItsKeyAtItsPlaceOnly() throws {
        let bytes = Array("{\"person\":\"a1\",\"name\":\"王\"}".utf8)
        let sealed = try PrivateSeal.seal(
            PrivateSeal.Content(salt: Self.salt, signerSalt: nil, bytes: bytes), index: 5, key: Self.key)
        let part = StoredPrivatePart(index: 5, person: "a1", sealed: sealed)
        let opened = try #require(PrivateSeal.open(part, key: Self.key))
        #expect(opened.bytes == bytes && opened.salt == Self.salt)

        let signed = PrivateSeal.Content(salt: Self.salt, signerSalt: Array(repeating: 3, count: 32), bytes: bytes)
        let again = try PrivateSeal.seal(signed, index: 5, key: Self.key)
        #expect(PrivateSeal.open(StoredPrivatePart(index: 5, person: "a1", sealed: again), key: Self.key) == signed)

        #expect(PrivateSeal.open(part, key: Array(repeating: 8, count: 32)) == nil, "another's key")
        let moved = StoredPrivatePart(index: 6, person: "a1", sealed: sealed)
        #expect(PrivateSeal.open(moved, key: Self.key) == nil, "another fact's place")
        for place in sealed.indices {
            var changed = sealed
            changed[place] ^= 1
            let part = StoredPrivatePart(index: 5, person: "a1", sealed: changed)
            #expect(PrivateSeal.open(part, key: Self.key) == nil, "byte \(place) changed")
        }
    }

    @Test func thePlainTextStandsNowhereOnDisk() async throws {
        let test = try await TestDistrict()
        let district = try test.open()
        try await TestDistrict.register(["device/1"], in: district)
        let marked = "marked-\(UInt64.random(in: .min ... .max))"
        let fact = try TestDistrict.fact(district, id: "1", floor: 3, person: marked)
        guard case .accepted(let index) = try await district.sequencer.submit([fact])[0] else {
            Issue.record("not taken")
            return
        }
        let other = try TestDistrict.fact(district, id: "2", floor: 3, person: marked)
        _ = try await district.sequencer.submit([other])
        #expect(try test.privateBytes(at: index, in: district.store) == Array("{\"person\":\"\(marked)\"}".utf8))
        try await district.stop()
        // The pseudonym itself names the row; the value of `private` does not appear.
        let value = Array("{\"person\":\"\(marked)\"}".utf8)
        for name in try FileManager.default.contentsOfDirectory(atPath: test.folder.file("")) {
            let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: test.folder.file(name))))
            #expect(!bytes.contains(value), "\(name)")
        }
        let keys = try PersonKeys(path: test.files.people)
        #expect(try keys.key(of: marked)?.count == PersonKeys.keyCount && keys.key(of: "nobody") == nil)
        let mode = try FileManager.default.attributesOfItem(atPath: test.files.people)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        // Without the keys everything else can still be audited.
        let store = try SQLiteStore(path: test.files.store, mode: .read)
        #expect(try Audit(store).run().finding == nil)
        try store.close()
    }
}
