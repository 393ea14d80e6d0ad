/// Why a Merkle proof was refused.
public enum ProofError: Error, Equatable {
    /// The index or the sizes contradict each other, or there is nothing to prove (an old size of 0).
    case outOfRange
    /// The range of leaves is not a subtree of any tree.
    case notASubtree
    /// The proof holds too few or too many hashes for these sizes.
    case wrongLength
    /// The proof does not lead to the new root.
    case rootMismatch
    /// The proof leads to the new root, but not from the old root or subtree.
    case oldRootMismatch
}

/// Verification of Merkle proofs (RFC 9162 sections 2.1.3.2 and 2.1.4.2). Needs nothing but the arguments.
public enum ProofVerification {
    /// Checks that a leaf stands at `index` in the tree of `size` leaves with this root.
    public static func verifyInclusion(
        leafHash: Digest, index: UInt64, size: UInt64, proof: [Digest], root: Digest
    ) throws(ProofError) {
        guard index < size else { throw .outOfRange }
        var position = index
        var last = size - 1
        var hash = leafHash
        for sibling in proof {
            guard last > 0 else { throw .wrongLength }
            if position & 1 == 1 || position == last {
                hash = Digest.node(sibling, hash)
                // At the right edge the levels without a sibling are skipped.
                while position & 1 == 0, position != 0 {
                    position >>= 1
                    last >>= 1
                }
            } else {
                hash = Digest.node(hash, sibling)
            }
            position >>= 1
            last >>= 1
        }
        guard last == 0 else { throw .wrongLength }
        guard hash == root else { throw .rootMismatch }
    }

    /// Checks that the tree of `newSize` leaves begins with all leaves of the tree of `oldSize` leaves.
    ///
    /// An old size of 0 is refused: every tree extends the empty one, so a proof would say nothing.
    public static func verifyConsistency(
        oldSize: UInt64, newSize: UInt64, oldRoot: Digest, newRoot: Digest, proof: [Digest]
    ) throws(ProofError) {
        guard oldSize > 0 else { throw .outOfRange }
        try verifySubtreeConsistency(
            range: 0..<oldSize, size: newSize, subtreeRoot: oldRoot, root: newRoot, proof: proof)
    }

    /// Checks that a leaf stands at `index` of the tree, within the subtree over `range` that has this root.
    ///
    /// Subtrees are those of C2SP tlog-cosignature's `sign-subtree`: they start at a multiple of their size, rounded up
    /// to a power of two.
    public static func verifySubtreeInclusion(
        leafHash: Digest, index: UInt64, range: Range<UInt64>, proof: [Digest], subtreeRoot: Digest
    ) throws(ProofError) {
        guard range.contains(index) else { throw .outOfRange }
        guard isSubtree(range) else { throw .notASubtree }
        try verifyInclusion(
            leafHash: leafHash, index: index - range.lowerBound, size: range.upperBound - range.lowerBound,
            proof: proof, root: subtreeRoot)
    }

    /// Checks that the leaves over `range` of the tree of `size` leaves with this root are those under `subtreeRoot`.
    ///
    /// An empty range is accepted with the empty root and an empty proof, whatever the tree.
    public static func verifySubtreeConsistency(
        range: Range<UInt64>, size: UInt64, subtreeRoot: Digest, root: Digest, proof: [Digest]
    ) throws(ProofError) {
        guard range.upperBound <= size else { throw .outOfRange }
        guard !range.isEmpty else {
            guard proof.isEmpty else { throw .wrongLength }
            guard subtreeRoot == .emptyRoot else { throw .oldRootMismatch }
            return
        }
        guard isSubtree(range) else { throw .notASubtree }
        // Positions of the subtree's first leaf, its last leaf and the tree's last leaf, one level higher each step.
        var first = range.lowerBound
        var last = range.upperBound - 1
        var end = size - 1
        // Up to the subtree's right edge: the first node that is complete in both trees.
        while first != last, last == end || last & 1 == 1 {
            first >>= 1
            last >>= 1
            end >>= 1
        }
        var rest = proof[...]
        var old = subtreeRoot
        if first != last {
            guard let start = rest.popFirst() else { throw .wrongLength }
            old = start
        }
        var new = old
        for sibling in rest {
            guard end > 0 else { throw .wrongLength }
            if last & 1 == 1 || last == end {
                if first < last { old = Digest.node(sibling, old) }
                new = Digest.node(sibling, new)
                while last & 1 == 0, last != 0 {
                    first >>= 1
                    last >>= 1
                    end >>= 1
                }
            } else {
                new = Digest.node(new, sibling)
            }
            first >>= 1
            last >>= 1
            end >>= 1
        }
        guard end == 0 else { throw .wrongLength }
        guard new == root else { throw .rootMismatch }
        guard old == subtreeRoot else { throw .oldRootMismatch }
    }

    // A tree's subtree starts at a multiple of its own size, rounded up to a power of two.
    private static func isSubtree(_ range: Range<UInt64>) -> Bool {
        let count = range.upperBound - range.lowerBound
        let bits = UInt64(UInt64.bitWidth - (count - 1).leadingZeroBitCount)
        return bits == 64 ? range.lowerBound == 0 : range.lowerBound & (1 << bits - 1) == 0
    }
}
