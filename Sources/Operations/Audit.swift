import District
import Facts
import Ledger
public import Storage

/// Checks a whole log against itself: every body against its commitment and tile, every root against the next, the
/// checkpoint's signature, the order of `received`, every signature, every refusal that should have been, and that
/// behind each fact stand exactly the consequences that the rules in force demanded.
public struct Audit: Sendable {
    /// What does not hold, and where.
    public struct Finding: Equatable, Sendable {
        /// The first index at which it shows.
        public let index: UInt64
        /// What was found.
        public let what: String
    }

    /// A span of running numbers that a source never sent.
    public struct Gap: Equatable, Sendable {
        /// The source.
        public let source: String
        /// The first and the last missing number.
        public let missing: ClosedRange<UInt64>
    }

    /// What an audit found.
    public struct Report: Sendable {
        /// How many facts were checked.
        public let facts: UInt64
        /// The digest of the state after them.
        public let digest: String
        /// The root of the tree over them, base64.
        public let root: String
        /// The size of the checkpoint that was checked; nil if none was signed.
        public let checkpointSize: UInt64?
        /// Spans written by a version of the fold that this program does not implement; their consequences were not
        /// re-derived.
        public let unverifiedSpans: [ClosedRange<UInt64>]
        /// Numbers that sources never sent: what never reached the log cannot be proved from it.
        public let gaps: [Gap]
        /// The first thing that does not hold; nil if all holds.
        public let finding: Finding?
    }

    private let store: any FactStore
    private let people: PersonKeys?
    private let seen: String?

    /// An audit of a store; private parts are checked as far as the persons' keys are there.
    ///
    /// - Parameters:
    ///   - store: the store.
    ///   - people: the persons' keys.
    ///   - seen: a checkpoint that was seen elsewhere, a note: the guard file's, or a regulator's own. It is held
    ///     against the log as the store's own is.
    public init(_ store: any FactStore, people: PersonKeys? = nil, seen: String? = nil) {
        self.store = store
        self.people = people
        self.seen = seen
    }

    /// Runs it; stops at the first finding.
    ///
    /// - Throws: `OpeningError` where the store cannot be read at all.
    public func run(progress: (UInt64) -> Void = { _ in }) throws(OpeningError) -> Report {
        let size = store.size
        var pass = AuditPass(store: store, people: people, seen: seen, size: size)
        var next: UInt64 = 0
        var step = Limits.readFacts
        while next < size, pass.finding == nil {
            let range = next..<min(next + step, size)
            let facts: [StoredFact]
            do {
                facts = try store.facts(in: range)
            } catch {
                guard case .corrupt(let detail) = error else { throw .store(error) }
                if step > 1 {
                    // One at a time from here: the one that cannot be read is to be named.
                    step = 1
                    continue
                }
                pass.finding = Finding(index: next, what: detail)
                break
            }
            for stored in facts {
                try OpeningError.wrapping { try pass.check(stored, at: next) }
                next += 1
                if pass.finding != nil { break }
            }
            progress(next)
        }
        if pass.finding == nil { try OpeningError.wrapping { try pass.finish() } }
        return pass.report
    }
}

private struct AuditPass {
    let store: any FactStore
    let people: PersonKeys?
    let size: UInt64
    var district = District()
    var tree = MerkleTree()
    var finding: Audit.Finding?
    private var reader: FactReader
    /// What must still follow, the next one last.
    private var demanded: [Consequence] = []
    private var received: Int64 = 0
    /// Every checkpoint that is held against the log.
    private var checkpoints: [(checkpoint: Checkpoint, note: SignedNote)] = []
    private var unreadableCheckpoint: String?
    /// The tree's roots at their sizes.
    private var roots: [UInt64: Digest] = [:]
    private var sequences: [String: Sequence] = [:]
    /// The key of every fact, to find one that stands twice: sixteen bytes a fact.
    private var keys: [KeyRun.Entry] = []
    private var unverified: [ClosedRange<UInt64>] = []
    /// The level-0 tile that covers the present fact; nil where the log has no full one yet.
    private var published: [Digest]?

    private struct Sequence {
        var next: UInt64
        var missing: [ClosedRange<UInt64>] = []
    }

    init(store: any FactStore, people: PersonKeys?, seen: String?, size: UInt64) {
        self.store = store
        self.people = people
        self.size = size
        reader = FactReader(schemas: district.schemas, now: nil)
        do {
            for text in [try store.checkpoint(), seen].compactMap(\.self) {
                let note = try SignedNote(parsing: Array(text.utf8))
                let candidate = try Checkpoint(text: note.text)
                checkpoints.append((candidate, note))
            }
        } catch {
            unreadableCheckpoint = "\(error)"
        }
    }

    mutating func check(_ stored: StoredFact, at index: UInt64) throws {
        func found(_ what: String) { finding = finding ?? Audit.Finding(index: index, what: what) }
        try checkLeaf(stored, at: index)
        guard finding == nil else { return }
        guard stored.received >= received else { return found("'received' goes back") }
        received = stored.received

        if reader.schemas.version != district.schemas.version {
            reader = FactReader(schemas: district.schemas, now: nil)
        }
        let fact: Fact
        do {
            fact = try reader.read(stored.body)
        } catch {
            return found("the body breaks its schema: \(error.message)")
        }
        checkSignature(stored.signature, fact, at: index)
        if district.spanFoldVersion == District.foldVersion {
            checkPlace(fact, received: stored.received, at: index)
        } else {
            noteUnverified(index)
        }
        guard finding == nil else { return }
        noteSequence(of: fact)
        keys.append(KeyRun.Entry(key: fact.key, index: index))

        let logged = LoggedFact(index: index, received: stored.received, fact: fact)
        district.apply(logged)
        if district.spanFoldVersion == District.foldVersion {
            demanded.append(contentsOf: district.consequences(of: logged).reversed())
        }
        if checkpoints.contains(where: { $0.checkpoint.size == tree.size }) { roots[tree.size] = tree.root }
    }

    /// The body against the tile that the log published.
    private mutating func checkLeaf(_ stored: StoredFact, at index: UInt64) throws {
        if let commitment = stored.privateCommitment, let part = try store.privatePart(at: index),
            let key = try people?.key(of: part.person),
            PrivateSeal.open(part, key: key).map({ Commitment.of($0.bytes, salt: $0.salt) }) != commitment
        {
            finding = Audit.Finding(index: index, what: "the private part is not what was committed to")
            return
        }
        let leaf = Digest.leaf(stored.leafData)
        // Compared before the fact is understood, so that a changed one is named and not what follows from it.
        if index.isMultiple(of: 256) {
            published = index + 256 <= size ? try hashes(of: 0, index / 256) : nil
            if published == nil, index + 256 <= size {
                finding = Audit.Finding(index: index, what: "tile \(index / 256) of level 0 is missing or damaged")
                return
            }
        }
        if let published, published[Int(index % 256)] != leaf {
            finding = Audit.Finding(index: index, what: "the body, salt or time is not what the log committed to")
            return
        }
        var completed: [(Tile, [Digest])] = []
        tree.append(leaf) { tile, hashes in
            if tile.level > 0 { completed.append((tile, hashes)) }
        }
        for (tile, hashes) in completed {
            guard let kept = try self.hashes(of: tile.level, tile.index) else {
                finding = Audit.Finding(index: index, what: "tile \(tile.path) is missing or damaged")
                return
            }
            if let place = zip(kept, hashes).enumerated().first(where: { $1.0 != $1.1 })?.offset {
                let first = (tile.index * 256 + UInt64(place)) << UInt64(8 * tile.level)
                finding = Audit.Finding(index: first, what: "tile \(tile.path) is not the hash of the tiles below")
                return
            }
        }
    }

    /// A full tile that the store keeps; nil if it is missing or is none.
    private func hashes(of level: Int, _ index: UInt64) throws -> [Digest]? {
        let list = try store.tile(level: level, index: index).flatMap { Digest.list(from: $0) }
        return list?.count == Tile.fullWidth ? list : nil
    }

    /// A signature must verify; a source that registered a key and no token must have signed.
    private mutating func checkSignature(_ encoded: [UInt8]?, _ fact: Fact, at index: UInt64) {
        let id = fact.string(fact.source)
        let registration = district.sources.number(of: id).map { district.sources.registrations[$0] }
        guard let encoded else {
            if let registration, registration.key != nil, registration.tokenHash == nil {
                finding = Audit.Finding(index: index, what: "'\(id)' signs what it says, and this is not signed")
            }
            return
        }
        guard let key = registration?.key, let signature = Fact.Signature(encoded: encoded),
            SignedFact.verify(signature, body: fact.body, key: key)
        else {
            finding = Audit.Finding(index: index, what: "the signature of '\(id)' does not verify")
            return
        }
    }

    /// Whether this fact may stand here: the next one demanded, a timer that was due, or an admitted fact with nothing
    /// left out before it.
    private mutating func checkPlace(_ fact: Fact, received: Int64, at index: UInt64) {
        func found(_ what: String) { finding = Audit.Finding(index: index, what: what) }
        if let next = demanded.last {
            guard fact.body == next.body else {
                return found("here must stand \(next.type) of \(next.subject), demanded by fact \(next.cause)")
            }
            demanded.removeLast()
            return
        }
        let due = district.dueConsequence(by: received)
        if fact.cause != nil {
            guard let due else { return found("nothing in force demanded this consequence") }
            guard fact.body == due.body else { return found("the timer that was due demanded \(due.type), not this") }
            return
        }
        if let due { return found("\(due.type) of \(due.subject) was due before this fact and is missing") }
        if let refusal = district.refusal(of: fact) { found("should have been refused: \(refusal.message)") }
    }

    private mutating func noteUnverified(_ index: UInt64) {
        if let last = unverified.last, last.upperBound + 1 == index {
            unverified[unverified.count - 1] = last.lowerBound...index
        } else {
            unverified.append(index...index)
        }
    }

    private mutating func noteSequence(of fact: Fact) {
        guard let number = fact.sequence else { return }
        let source = fact.string(fact.source)
        guard var known = sequences[source] else {
            sequences[source] = Sequence(next: number + 1)
            return
        }
        if number >= known.next {
            if number > known.next { known.missing.append(known.next...number - 1) }
            known.next = number + 1
        } else if let place = known.missing.firstIndex(where: { $0.contains(number) }) {
            // It came late; the gap shrinks or falls in two.
            let gap = known.missing.remove(at: place)
            if number < gap.upperBound { known.missing.insert(number + 1...gap.upperBound, at: place) }
            if number > gap.lowerBound { known.missing.insert(gap.lowerBound...number - 1, at: place) }
        }
        sequences[source] = known
    }

    mutating func finish() throws {
        try checkRepeats()
        guard finding == nil else { return }
        if let next = demanded.last {
            finding = Audit.Finding(
                index: tree.size, what: "\(next.type) of \(next.subject), demanded by fact \(next.cause), is missing")
        } else if let unreadableCheckpoint {
            finding = Audit.Finding(index: tree.size, what: "the checkpoint is unreadable: \(unreadableCheckpoint)")
        } else {
            for (checkpoint, note) in checkpoints where finding == nil { check(checkpoint, note) }
        }
    }

    /// A source may send a fact twice; it stands in the log once.
    private mutating func checkRepeats() throws {
        keys.sort()
        for (first, second) in zip(keys, keys.dropFirst()) where first.key == second.key {
            let bodies = try [first, second].flatMap { try store.facts(in: $0.index..<$0.index + 1) }.map(\.body)
            let names = bodies.compactMap { body in
                FactReader.identity(of: body).map { [$0.source.decoded(in: body), $0.id.decoded(in: body)] }
            }
            guard names.count == 2, names[0] == names[1] else { continue }
            if finding.map({ second.index < $0.index }) ?? true {
                finding = Audit.Finding(index: second.index, what: "stands in the log already, as fact \(first.index)")
            }
        }
    }

    private mutating func check(_ checkpoint: Checkpoint, _ note: SignedNote) {
        let key = district.founding.flatMap { try? VerifierKey(text: $0.verifierKey) }
        if checkpoint.size > tree.size {
            finding = Audit.Finding(
                index: tree.size, what: "a checkpoint of \(checkpoint.size) facts was signed; the rest is missing")
        } else if (try? Checkpoint.open(
            note: note, origin: district.founding?.origin ?? "", keys: [key].compactMap(\.self))) == nil
        {
            finding = Audit.Finding(index: 0, what: "the checkpoint is not signed by the log's own key")
        } else if let root = roots[checkpoint.size], root != checkpoint.root {
            finding = Audit.Finding(
                index: checkpoint.size / 256 * 256, what: "the log's root is not that of the signed checkpoint")
        }
    }

    var report: Audit.Report {
        let gaps = sequences.sorted { Array($0.key.utf8).lexicographicallyPrecedes(Array($1.key.utf8)) }
            .flatMap { source, sequence in sequence.missing.map { Audit.Gap(source: source, missing: $0) } }
        return Audit.Report(
            facts: tree.size, digest: district.digest, root: tree.root.base64,
            checkpointSize: checkpoints.map(\.checkpoint.size).max(), unverifiedSpans: unverified, gaps: gaps,
            finding: finding)
    }
}
