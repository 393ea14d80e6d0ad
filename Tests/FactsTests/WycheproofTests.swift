import Facts
import Foundation
import Testing

/// Google's Wycheproof vectors for JSON Web Signatures. They are compact; the flattened form is built from them.
///
/// Run: the ES256 groups. Skipped: groups for RSA, HMAC and other curves, whose algorithms are not taken (each of their
/// texts must still be refused); tests of a JWK's `use` and `key_ops`, which a source's key does not have; texts that do
/// not have three parts, which have no flattened form. There are no EdDSA vectors in the file.
@Suite("Wycheproof", .enabled(if: SharedData.has("jwt/json_web_signature_test.json"), "needs the published vectors"))
struct WycheproofTests {
    private struct File: Decodable {
        let testGroups: [Group]
    }

    private struct Group: Decodable {
        let comment: String
        let `public`: JWK?
        let tests: [Case]
    }

    private struct JWK: Decodable {
        let alg: String?
        let crv: String?
        let x: String?
        let y: String?
        let key_ops: [String]?
        let use: String?
    }

    private struct Case: Decodable {
        let tcId: Int
        let comment: String
        let jws: JWS
        let result: String
    }

    /// Most texts are compact; a few are objects already.
    private enum JWS: Decodable {
        case compact(String)
        case other

        init(from decoder: any Decoder) throws {
            self = (try? decoder.singleValueContainer().decode(String.self)).map { .compact($0) } ?? .other
        }
    }

    @Test func signatures() throws {
        let file = try JSONDecoder().decode(
            File.self, from: Data(contentsOf: SharedData.url("jwt/json_web_signature_test.json")))
        var ran = 0
        var refusedAlgorithm = 0
        var skipped: [String: Int] = [:]
        for group in file.testGroups {
            for test in group.tests {
                guard case .compact(let text) = test.jws else {
                    skipped["not compact", default: 0] += 1
                    continue
                }
                let parts = text.split(separator: ".", omittingEmptySubsequences: false)
                guard parts.count == 3 else {
                    skipped["not three parts", default: 0] += 1
                    continue
                }
                let flattened = Array(
                    "{\"protected\":\"\(parts[0])\",\"payload\":\"\(parts[1])\",\"signature\":\"\(parts[2])\"}".utf8)
                guard let jwk = group.public, jwk.crv == "P-256" else {
                    skipped["another algorithm: \(group.comment)", default: 0] += 1
                    #expect(throws: Refusal.self, "\(test.tcId) \(test.comment)") { try SignedFact(flattened) }
                    refusedAlgorithm += 1
                    continue
                }
                guard jwk.use != "enc", jwk.key_ops == nil else {
                    skipped["a JWK's use or key_ops", default: 0] += 1
                    continue
                }
                let x = try #require(jwk.x.flatMap(Base64URL.decode))
                let y = try #require(jwk.y.flatMap(Base64URL.decode))
                let key = try #require(SourceKey(.es256, raw: x + y))
                ran += 1
                let isTaken = (try? SignedFact(flattened).verify(with: key)) != nil
                #expect(isTaken == (test.result == "valid"), "\(test.tcId) \(test.comment)")
            }
        }
        print("Wycheproof: \(ran) ran, \(refusedAlgorithm) of other algorithms were all refused, skipped: \(skipped)")
        #expect(ran >= 30)
    }
}
