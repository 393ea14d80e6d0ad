import Ledger
import Testing

@Suite struct ProofVerificationTests {
    @Test func anInclusionProofHoldsOnlyForItsOwnPlace() throws {
        let grown = GrownTree(size: 23)
        for size in [1, 2, 7, 8, 16, 21, 23] {
            let root = grown.slow.root(size: size)
            for index in 0..<size {
                let proof = grown.slow.inclusionProof(index: index, size: size)
                for otherIndex in 0..<size where otherIndex != index {
                    #expect(throws: ProofError.self, "\(index) as \(otherIndex) in \(size)") {
                        try ProofVerification.verifyInclusion(
                            leafHash: grown.leaves[index], index: UInt64(otherIndex), size: UInt64(size),
                            proof: proof, root: root)
                    }
                }
                for damaged in damages(of: proof) {
                    #expect(throws: ProofError.self) {
                        try ProofVerification.verifyInclusion(
                            leafHash: grown.leaves[index], index: UInt64(index), size: UInt64(size),
                            proof: damaged, root: root)
                    }
                }
            }
        }
    }

    @Test func aConsistencyProofHoldsOnlyForItsOwnRoots() throws {
        let grown = GrownTree(size: 23)
        for newSize in [1, 2, 7, 8, 16, 21, 23] {
            let newRoot = grown.slow.root(size: newSize)
            for oldSize in 1...newSize {
                let oldRoot = grown.slow.root(size: oldSize)
                let proof = grown.slow.consistencyProof(from: oldSize, to: newSize)
                let wrong = Digest.leaf([1, 2, 3])
                for (old, new) in [(wrong, newRoot), (oldRoot, wrong)] {
                    #expect(throws: ProofError.self) {
                        try ProofVerification.verifyConsistency(
                            oldSize: UInt64(oldSize), newSize: UInt64(newSize), oldRoot: old, newRoot: new,
                            proof: proof)
                    }
                }
                for damaged in damages(of: proof) {
                    #expect(throws: ProofError.self, "\(oldSize) to \(newSize)") {
                        try ProofVerification.verifyConsistency(
                            oldSize: UInt64(oldSize), newSize: UInt64(newSize), oldRoot: oldRoot, newRoot: newRoot,
                            proof: damaged)
                    }
                }
            }
        }
    }

    @Test func everySubtreeOfSmallTrees() throws {
        let grown = GrownTree(size: 34)
        for size in 1...34 {
            let root = grown.slow.root(size: size)
            for start in 0..<size {
                for end in (start + 1)...size {
                    let range = UInt64(start)..<UInt64(end)
                    var power = 1
                    while power < end - start { power *= 2 }
                    let subtreeRoot = grown.slow.root(start..<end)
                    guard start.isMultiple(of: power) else {
                        #expect(throws: ProofError.notASubtree) {
                            try ProofVerification.verifySubtreeConsistency(
                                range: range, size: UInt64(size), subtreeRoot: subtreeRoot, root: root, proof: [])
                        }
                        continue
                    }
                    let proof = grown.slow.subtreeProof(of: start..<end, size: size)
                    #expect(throws: Never.self, "\(start)..<\(end) in \(size)") {
                        try ProofVerification.verifySubtreeConsistency(
                            range: range, size: UInt64(size), subtreeRoot: subtreeRoot, root: root, proof: proof)
                    }
                    for damaged in damages(of: proof) where size % 5 == 0 {
                        #expect(throws: ProofError.self, "\(start)..<\(end) in \(size)") {
                            try ProofVerification.verifySubtreeConsistency(
                                range: range, size: UInt64(size), subtreeRoot: subtreeRoot, root: root, proof: damaged)
                        }
                    }
                    #expect(throws: ProofError.self) {
                        try ProofVerification.verifySubtreeConsistency(
                            range: range, size: UInt64(size), subtreeRoot: .zero, root: root, proof: proof)
                    }
                }
            }
        }
    }

    @Test func typedRefusals() {
        let hash = Digest.leaf([])
        #expect(throws: ProofError.outOfRange) {
            try ProofVerification.verifyInclusion(leafHash: hash, index: 0, size: 0, proof: [], root: hash)
        }
        #expect(throws: ProofError.wrongLength) {
            try ProofVerification.verifyInclusion(leafHash: hash, index: 0, size: 1, proof: [hash], root: hash)
        }
        #expect(throws: ProofError.wrongLength) {
            try ProofVerification.verifyInclusion(
                leafHash: hash, index: .max - 1, size: .max, proof: [hash], root: hash)
        }
        #expect(throws: ProofError.outOfRange) {
            try ProofVerification.verifyConsistency(
                oldSize: 0, newSize: 1, oldRoot: .emptyRoot, newRoot: hash, proof: [])
        }
        #expect(throws: ProofError.outOfRange) {
            try ProofVerification.verifyConsistency(oldSize: 2, newSize: 1, oldRoot: hash, newRoot: hash, proof: [])
        }
        #expect(throws: ProofError.rootMismatch) {
            try ProofVerification.verifyConsistency(
                oldSize: 1, newSize: 1, oldRoot: hash, newRoot: .emptyRoot, proof: [])
        }
        #expect(throws: ProofError.notASubtree) {
            try ProofVerification.verifySubtreeConsistency(
                range: 1..<3, size: 4, subtreeRoot: hash, root: hash, proof: [])
        }
        #expect(throws: ProofError.notASubtree) {
            try ProofVerification.verifySubtreeConsistency(
                range: 1..<UInt64.max, size: .max, subtreeRoot: hash, root: hash, proof: [])
        }
    }

    /// Every proof that is one change away: a flipped bit, a hash more, a hash less, two exchanged.
    private func damages(of proof: [Digest]) -> [[Digest]] {
        var damages = [proof + [Digest.zero], [Digest.zero] + proof]
        for at in proof.indices {
            var bytes = proof[at].bytes
            bytes[at % 32] ^= 1
            if let changed = Digest(bytes: bytes) {
                damages.append(Array(proof[..<at]) + [changed] + Array(proof[(at + 1)...]))
            }
            damages.append(Array(proof[..<at]) + Array(proof[(at + 1)...]))
            if at > 0 {
                var exchanged = proof
                exchanged.swapAt(at, at - 1)
                damages.append(exchanged)
            }
        }
        return damages
    }
}
