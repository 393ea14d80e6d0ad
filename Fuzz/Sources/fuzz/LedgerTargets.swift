import Ledger

/// The texts and files of the log: what is accepted is written back byte for byte.
enum LedgerTargets {
    static func note(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        if let key = try? VerifierKey(text: text) {
            demand(key.text.utf8.elementsEqual(text.utf8), "a key has one spelling")
        }
        guard let note = try? SignedNote(parsing: bytes) else { return }
        demand(note.encoded.utf8.elementsEqual(bytes), "a note has one spelling")
        demand(
            (try? SignedNote(text: note.text, signatures: note.signatures)) == note, "a note can be made of its parts")
        _ = try? Checkpoint.open(note: note, origin: GeneratedSeeds.origin, keys: GeneratedSeeds.logKeys)
        _ = try? note.cosignatures(by: GeneratedSeeds.witnessKeys)
        if (try? note.verify(with: GeneratedSeeds.logKeys)) != nil {
            demand(GeneratedSeeds.noteTexts.contains(note.text), "only what was signed verifies")
        }
    }

    static func checkpoint(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let checkpoint = try? Checkpoint(text: text) else { return }
        demand(checkpoint.text.utf8.elementsEqual(text.utf8), "a checkpoint has one spelling")
        let parts = try? Checkpoint(
            origin: checkpoint.origin, size: checkpoint.size, root: checkpoint.root, extensions: checkpoint.extensions)
        demand(parts == checkpoint, "a checkpoint can be made of its parts")
        for size in [checkpoint.size, checkpoint.size % 70_000] {
            for tile in Tile.tiles(from: size &- min(size, 300), to: size) {
                demand(Tile(path: tile.path) == tile, "a tile's path leads to it")
            }
        }
    }

    static func proof(_ bytes: [UInt8]) {
        guard let proof = try? TlogProof(parsing: bytes) else { return }
        demand(proof.encoded.utf8.elementsEqual(bytes), "a proof has one spelling")
        let leaf = Digest.leaf(Array("leaf".utf8))
        demand(
            (try? proof.verify(leafHash: .zero, origin: GeneratedSeeds.origin, keys: GeneratedSeeds.logKeys)) == nil,
            "nothing proves that a leaf hashes to zero")
        // The numbers are the author's to choose: no signature stands before them here.
        let size = (try? Checkpoint(text: proof.checkpoint.text))?.size ?? proof.index
        try? ProofVerification.verifyInclusion(
            leafHash: leaf, index: proof.index, size: size, proof: proof.hashes, root: .zero)
        try? ProofVerification.verifyConsistency(
            oldSize: proof.index, newSize: size, oldRoot: leaf, newRoot: .zero, proof: proof.hashes)
        let range = min(proof.index, size)..<max(proof.index, size)
        try? ProofVerification.verifySubtreeConsistency(
            range: range, size: .max, subtreeRoot: leaf, root: .zero, proof: proof.hashes)
        try? ProofVerification.verifySubtreeInclusion(
            leafHash: leaf, index: proof.index, range: range, proof: proof.hashes, subtreeRoot: .zero)
    }

    static func tile(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        if let tile = Tile(path: text) { demand(tile.path.utf8.elementsEqual(bytes), "a tile has one path") }
        if let tile = Tile(entriesPath: text) {
            demand(tile.entriesPath.utf8.elementsEqual(bytes), "a bundle has one path")
        }
        if let entries = try? EntryBundle.decode(bytes) {
            demand((try? EntryBundle.encode(entries)) == bytes, "a bundle has one encoding")
        }
        if let digests = Digest.list(from: bytes) {
            demand(Digest.bytes(of: digests) == bytes, "a tile has one encoding")
        }
    }
}
