/// Why a proof file was refused.
public enum TlogProofError: Error, Equatable {
    /// The file has not the shape of a proof.
    case malformed
    /// Its checkpoint is wrong.
    case checkpoint(CheckpointError)
    /// Its inclusion proof is wrong.
    case inclusion(ProofError)
}

/// A self-contained proof that an entry is in a log: `c2sp.org/tlog-proof@v1`, extension `.tlog-proof`.
public struct TlogProof: Hashable, Sendable {
    /// Unauthenticated data of the application; nil when the line is absent.
    public let extra: [UInt8]?

    /// Index of the entry.
    public let index: UInt64

    /// Inclusion proof in the checkpoint's tree, the leaf's sibling first.
    public let hashes: [Digest]

    /// The checkpoint with the log's signature and perhaps witnesses'.
    public let checkpoint: SignedNote

    // A tree of 64-bit size is at most this high.
    private static let maximumHashes = 64

    private static let header = "c2sp.org/tlog-proof@v1"

    /// A proof from its parts; verifies nothing.
    public init(index: UInt64, hashes: [Digest], checkpoint: SignedNote, extra: [UInt8]? = nil) {
        self.index = index
        self.hashes = hashes
        self.checkpoint = checkpoint
        self.extra = extra
    }

    /// Reads a proof file strictly; verifies nothing.
    ///
    /// - Throws: `TlogProofError.malformed`, or `.checkpoint(.note)` for its checkpoint.
    public init(parsing bytes: [UInt8]) throws(TlogProofError) {
        let newline = UInt8(ascii: "\n")
        // Hashes are never empty lines: the first blank line ends the proof's own part.
        guard let blank = bytes.indices.dropFirst().first(where: { bytes[$0] == newline && bytes[$0 - 1] == newline })
        else { throw .malformed }
        var lines = bytes[..<(blank - 1)].split(separator: newline, omittingEmptySubsequences: false)[...]
        guard lines.popFirst()?.elementsEqual(TlogProof.header.utf8) == true else { throw .malformed }
        var extra: [UInt8]?
        if let text = TlogProof.value(of: "extra ", in: lines.first) {
            guard let data = Base64.decode(text) else { throw .malformed }
            extra = data
            lines.removeFirst()
        }
        guard let text = TlogProof.value(of: "index ", in: lines.popFirst()), let index = Decimal.parse(text),
            lines.count <= TlogProof.maximumHashes
        else { throw .malformed }
        var hashes: [Digest] = []
        for line in lines {
            guard let data = Base64.decode(line), let hash = Digest(bytes: data) else { throw .malformed }
            hashes.append(hash)
        }
        let checkpoint: SignedNote
        do {
            checkpoint = try SignedNote(parsing: Array(bytes[(blank + 1)...]))
        } catch {
            throw .checkpoint(.note(error))
        }
        self.init(index: index, hashes: hashes, checkpoint: checkpoint, extra: extra)
    }

    /// The proof file.
    public var encoded: String {
        var text = TlogProof.header + "\n"
        if let extra { text += "extra \(Base64.encode(extra))\n" }
        text += "index \(index)\n"
        for hash in hashes { text += hash.base64 + "\n" }
        return text + "\n" + checkpoint.encoded
    }

    /// Checks that the entry with this leaf hash is in the log, as its signed checkpoint says.
    ///
    /// Whether enough witnesses cosigned is for the caller: `checkpoint.cosignatures(by:)`.
    ///
    /// - Returns: the checkpoint.
    /// - Throws: `TlogProofError`.
    @discardableResult
    public func verify(
        leafHash: Digest, origin: String, keys: [VerifierKey]
    ) throws(TlogProofError) -> Checkpoint {
        let opened: Checkpoint
        do {
            opened = try Checkpoint.open(note: checkpoint, origin: origin, keys: keys)
        } catch {
            throw .checkpoint(error)
        }
        do {
            try ProofVerification.verifyInclusion(
                leafHash: leafHash, index: index, size: opened.size, proof: hashes, root: opened.root)
        } catch {
            throw .inclusion(error)
        }
        return opened
    }

    // What follows the keyword on a line; nil when the line is absent or begins otherwise.
    private static func value(of keyword: String, in line: ArraySlice<UInt8>?) -> ArraySlice<UInt8>? {
        guard let line, line.starts(with: keyword.utf8) else { return nil }
        return line.dropFirst(keyword.utf8.count)
    }
}
