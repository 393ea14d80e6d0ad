/// Why a checkpoint was refused.
public enum CheckpointError: Error, Equatable {
    /// The note or its signatures are wrong.
    case note(NoteError)
    /// The note's text is not a checkpoint.
    case malformed
    /// The checkpoint is of another log.
    case wrongOrigin(String)
}

/// The state of a log that its owner signs: so many leaves under this root. C2SP tlog-checkpoint v1.0.0.
public struct Checkpoint: Hashable, Sendable {
    /// The log's unique name, by custom its address without the scheme.
    public let origin: String

    /// Number of leaves.
    public let size: UInt64

    /// Root of the tree of that size.
    public let root: Digest

    /// Further lines; not recommended, because no monitor can check them. Non-empty, without line feeds.
    public let extensions: [String]

    /// - Throws: `CheckpointError.malformed` for an empty line, or a control character in one.
    public init(origin: String, size: UInt64, root: Digest, extensions: [String] = []) throws(CheckpointError) {
        guard ([origin] + extensions).allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { $0 >= 0x20 } }) else {
            throw .malformed
        }
        self.origin = origin
        self.size = size
        self.root = root
        self.extensions = extensions
    }

    /// Reads the text of a note strictly.
    ///
    /// - Throws: `CheckpointError.malformed`.
    public init(text: String) throws(CheckpointError) {
        var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard lines.popLast()?.isEmpty == true, lines.count >= 3,
            let size = Decimal.parse(lines[1]),
            let hash = Base64.decode(lines[2]), let root = Digest(bytes: hash)
        else { throw .malformed }
        let strings = lines.map { String(decoding: $0, as: UTF8.self) }
        try self.init(origin: strings[0], size: size, root: root, extensions: Array(strings[3...]))
    }

    /// The text that is signed.
    public var text: String {
        ([origin, String(size), root.base64] + extensions).map { $0 + "\n" }.joined()
    }

    /// Signs the checkpoint; the first signer should bear the origin's name.
    ///
    /// The caller answers for never signing two checkpoints that contradict each other.
    ///
    /// - Throws: what a signer throws.
    public func sign(with signers: [any NoteSigner]) throws -> SignedNote {
        try SignedNote(text: text, signers: signers)
    }

    /// The checkpoint in a note, after its signatures and its origin proved right.
    ///
    /// - Parameter keys: the log's keys. Witnesses' keys are ignored here: they alone do not make a checkpoint.
    /// - Throws: `CheckpointError`.
    public static func open(
        note: SignedNote, origin: String, keys: [VerifierKey]
    ) throws(CheckpointError) -> Checkpoint {
        do {
            try note.verify(with: keys)
        } catch {
            throw .note(error)
        }
        let checkpoint = try Checkpoint(text: note.text)
        guard NoteName.areSame(checkpoint.origin, origin) else { throw .wrongOrigin(checkpoint.origin) }
        return checkpoint
    }

    /// As above, from the bytes of a note.
    ///
    /// - Throws: `CheckpointError`.
    public static func open(
        note bytes: [UInt8], origin: String, keys: [VerifierKey]
    ) throws(CheckpointError) -> Checkpoint {
        let note: SignedNote
        do {
            note = try SignedNote(parsing: bytes)
        } catch {
            throw .note(error)
        }
        return try open(note: note, origin: origin, keys: keys)
    }
}
