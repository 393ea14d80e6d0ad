import Foundation
import Ledger
import Testing

/// The vectors of transparency-dev/merkle (Apache-2.0), which lie beside the repository; without them these are skipped.
@Suite(.enabled(if: SharedData.hasMerkleVectors)) struct MerkleVectorTests {
    private struct Vector: Decodable {
        var leafIdx: UInt64?
        var treeSize: UInt64?
        var size1: UInt64?
        var size2: UInt64?
        var start: UInt64?
        var end: UInt64?
        var size: UInt64?
        var root: String?
        var root1: String?
        var root2: String?
        var leafHash: String?
        var proof: [String]?
        var wantErr: Bool
    }

    private struct NotADigest: Error {}

    private func digest(_ text: String?) throws -> Digest {
        guard let text, let digest = Digest(base64: text) else { throw NotADigest() }
        return digest
    }

    /// Runs every vector of a folder and reports which disagree.
    ///
    /// Four of all that want acceptance give roots that are not 32 bytes long: here such a root cannot even be written
    /// down, and is refused for that. `misshapen` says how many.
    private func run(_ folder: String, count: Int, misshapen: Int, _ verify: (Vector) throws -> Void) throws {
        var ran = 0
        var refusedForShape = 0
        for file in SharedData.vectors(folder) {
            let vector = try JSONDecoder().decode(Vector.self, from: Data(contentsOf: file))
            var refusal: (any Error)?
            do { try verify(vector) } catch { refusal = error }
            if refusal is NotADigest, !vector.wantErr {
                refusedForShape += 1
            } else {
                #expect((refusal != nil) == vector.wantErr, "\(file.path): \(String(describing: refusal))")
            }
            ran += 1
        }
        #expect(ran == count)
        #expect(refusedForShape == misshapen)
        print("\(folder): \(ran) vectors ran, \(refusedForShape) refused here for a root of wrong length")
    }

    @Test func inclusion() throws {
        try run("inclusion", count: 98, misshapen: 0) { vector in
            try ProofVerification.verifyInclusion(
                leafHash: digest(vector.leafHash), index: #require(vector.leafIdx), size: #require(vector.treeSize),
                proof: (vector.proof ?? []).map(digest), root: digest(vector.root))
        }
    }

    @Test func consistency() throws {
        try run("consistency", count: 98, misshapen: 1) { vector in
            try ProofVerification.verifyConsistency(
                oldSize: #require(vector.size1), newSize: #require(vector.size2), oldRoot: digest(vector.root1),
                newRoot: digest(vector.root2), proof: (vector.proof ?? []).map(digest))
        }
    }

    @Test func subtreeInclusion() throws {
        try run("subtreeinclusion", count: 204, misshapen: 0) { vector in
            let (start, end) = (try #require(vector.start), try #require(vector.end))
            guard start <= end else { throw ProofError.outOfRange }
            try ProofVerification.verifySubtreeInclusion(
                leafHash: digest(vector.leafHash), index: #require(vector.leafIdx), range: start..<end,
                proof: (vector.proof ?? []).map(digest), subtreeRoot: digest(vector.root))
        }
    }

    @Test func subtreeConsistency() throws {
        try run("subtreeconsistency", count: 118, misshapen: 3) { vector in
            let (start, end) = (try #require(vector.start), try #require(vector.end))
            guard start <= end else { throw ProofError.outOfRange }
            try ProofVerification.verifySubtreeConsistency(
                range: start..<end, size: #require(vector.size), subtreeRoot: digest(vector.root1),
                root: digest(vector.root2), proof: (vector.proof ?? []).map(digest))
        }
    }
}
