import District
import Facts
import Foundation
import Ledger
import Storage

/// The state that runs ahead of the commits: district, tree and keys after the last fact that was given a place.
///
/// Speculative until its batch is committed; if a commit fails, it dies with the process.
struct Fold: Sendable {
    var district: District
    var tree: MerkleTree
    var keys: KeyIndex
    /// The facts of batches that may not be committed yet, newest last; a repeated one cannot be looked up on disk.
    var inFlight: [(first: UInt64, facts: [Fact])] = []
    var lastSnapshot: UInt64

    private let people: PersonKeys
    /// Keys that may not be durable yet.
    private var freshKeys: [String: [UInt8]] = [:]
    private var salts = SaltSource()

    init(district: District, tree: MerkleTree, keys: KeyIndex, people: PersonKeys, lastSnapshot: UInt64) {
        self.district = district
        self.tree = tree
        self.keys = keys
        self.people = people
        self.lastSnapshot = lastSnapshot
    }

    /// Gives a fact the next place, then its consequences theirs, depth first.
    mutating func append(_ fact: Fact, received: Int64, to batch: inout OpenBatch, depth: Int = 0) throws(StoreError) {
        let logged = LoggedFact(index: district.size, received: received, fact: fact)
        try store(logged, in: &batch)
        district.apply(logged)
        let demanded = district.consequences(of: logged)
        guard !demanded.isEmpty else { return }
        // Found when rules are loaded and tested; a log is never written on from such a state.
        guard depth < Limits.consequenceDepth else {
            throw .corrupt(
                "consequences of fact \(logged.index) go deeper than \(Limits.consequenceDepth): the rules in force are wrong"
            )
        }
        for consequence in demanded {
            try append(consequence, received: received, to: &batch, depth: depth + 1)
        }
    }

    /// Marks in the log that from here on another version of the fold writes it; false if it is this one already.
    mutating func upgrade(
        to version: Int64, received now: Int64, in batch: inout OpenBatch
    ) throws(StoreError) -> Bool {
        guard district.spanFoldVersion < version else { return false }
        let received = max(now, district.time)
        let marker = FactWriter.body(
            id: "fold-\(version)@\(district.size)", source: District.platformSource, type: "system.upgraded",
            subject: district.founding?.name, time: received, data: .object([.init("foldVersion", .integer(version))]))
        do {
            let fact = try FactReader(schemas: district.schemas, now: nil).read(marker)
            try append(fact, received: received, to: &batch)
        } catch let error as StoreError {
            throw error
        } catch {
            throw .corrupt("the upgrade does not keep to its own schema: \(error)")
        }
        return true
    }

    /// Lets every timer fire that is due, in due order.
    mutating func fireTimers(dueBy now: Int64, into batch: inout OpenBatch) throws(StoreError) {
        while let consequence = district.dueConsequence(by: now) {
            try append(consequence, received: now, to: &batch, depth: 0)
        }
    }

    private mutating func append(
        _ consequence: Consequence, received: Int64, to batch: inout OpenBatch, depth: Int
    ) throws(StoreError) {
        let fact: Fact
        do {
            fact = try FactReader(schemas: district.schemas, now: nil).read(consequence.body)
        } catch {
            throw .corrupt("a consequence does not keep to its own schema: \(error)")
        }
        try append(fact, received: received, to: &batch, depth: depth)
    }

    /// Commits to the fact, hashes it into the tree, and hands its row to the batch.
    private mutating func store(_ logged: LoggedFact, in batch: inout OpenBatch) throws(StoreError) {
        let fact = logged.fact
        let salt = salts.next()
        var privateCommitment: [UInt8]?
        if let privatePart = fact.privatePart {
            let privateSalt = salts.next().span.withUnsafeBytes { Array($0) }
            privateCommitment = Commitment.of(privatePart, salt: privateSalt)
            // Parts that name nobody share one key.
            let person = fact.person ?? ""
            let sealed = try PrivateSeal.seal(
                PrivateSeal.Content(
                    salt: privateSalt,
                    signerSalt: fact.signature?.privateSalt.flatMap(Base64URL.decode).map(Array.init),
                    bytes: privatePart),
                index: logged.index, key: try key(of: person, &batch))
            batch.stored.privateParts.append(StoredPrivatePart(index: logged.index, person: person, sealed: sealed))
        }
        let leaf = salt.span.withUnsafeBytes { salt in
            Digest.leaf(
                LeafData.of(
                    body: fact.body, salt: salt, received: logged.received, privateCommitment: privateCommitment))
        }
        tree.append(leaf) { tile, hashes in
            batch.stored.tiles.append(
                StoredTile(level: tile.level, index: tile.index, hashes: Digest.bytes(of: hashes)))
        }
        batch.stored.facts.append(
            StoredFact(
                received: logged.received, salt: salt, body: fact.body, signature: fact.signature?.encoded,
                privateCommitment: privateCommitment))
        batch.facts.append(fact)
        keys.insert(fact.key, index: logged.index)
    }

    /// The key of a person, a new one at the first private part that names the person.
    private mutating func key(of person: String, _ batch: inout OpenBatch) throws(StoreError) -> [UInt8] {
        if let key = freshKeys[person] { return key }
        if let key = try people.key(of: person) { return key }
        let key = salts.next().span.withUnsafeBytes { Array($0) }
        freshKeys[person] = key
        batch.personKeys[person] = key
        return key
    }

    /// Lets go of what can be read from disk now.
    mutating func noteCommitted(_ size: UInt64) {
        inFlight.removeAll { $0.first + UInt64($0.facts.count) <= size }
        if inFlight.isEmpty { freshKeys = [:] }
        keys.noteCommitted(size)
    }

    /// The index of a fact that was seen before, at any age; nil for a new one.
    func indexOfRepeated(
        _ fact: Fact, open: OpenBatch, in store: any FactStore
    ) throws(StoreError) -> UInt64? {
        for index in try keys.find(fact.key, in: store) {
            if let known = inMemory(index, open) {
                if known.isSame(as: fact) { return index }
            } else if let body = try store.facts(in: index..<index + 1).first?.body,
                let known = FactReader.identity(of: body),
                known.source.decoded(in: body) == fact.source.decoded(in: fact.body),
                known.id.decoded(in: body) == fact.id.decoded(in: fact.body)
            {
                return index
            }
        }
        return nil
    }

    private func inMemory(_ index: UInt64, _ open: OpenBatch) -> Fact? {
        if index >= open.stored.first { return open.facts[Int(index - open.stored.first)] }
        for batch in inFlight.reversed() where index >= batch.first {
            let offset = Int(index - batch.first)
            return offset < batch.facts.count ? batch.facts[offset] : nil
        }
        return nil
    }
}

/// A batch while it is being filled.
struct OpenBatch: Sendable {
    var stored: StoredBatch
    var facts: [Fact] = []
    /// New persons' keys, to be durable before the batch is.
    var personKeys: [String: [UInt8]] = [:]

    init(first: UInt64) {
        stored = StoredBatch(first: first)
        stored.facts.reserveCapacity(Limits.batchFacts)
        facts.reserveCapacity(Limits.batchFacts)
    }
}

/// Random salts, drawn from the kernel in bulk: one call for eight salts instead of four a salt.
private struct SaltSource: Sendable {
    private var bytes: [UInt8] = []
    private var position = 0

    private static let drawCount = 1024
    /// The most that one call gives.
    private static let entropyBytes = 256

    mutating func next() -> Salt {
        if position == bytes.count { draw() }
        var salt = Salt(repeating: 0)
        for offset in 0..<Commitment.saltCount { salt[offset] = bytes[position + offset] }
        position += Commitment.saltCount
        return salt
    }

    private mutating func draw() {
        let total = Self.drawCount * Commitment.saltCount
        bytes = [UInt8](unsafeUninitializedCapacity: total) { buffer, count in
            for offset in stride(from: 0, to: total, by: Self.entropyBytes) {
                // getentropy(3) fails only for a bad address or more than 256 bytes; neither can be here.
                let code = getentropy(
                    UnsafeMutableRawPointer(buffer.baseAddress?.advanced(by: offset)), Self.entropyBytes)
                precondition(code == 0, "the kernel gives no random bytes")
            }
            count = total
        }
        position = 0
    }
}

extension Fact.Signature {
    /// As it is kept in the store and disclosed: header and signature with a dot between. The signer's salt is not among
    /// them: with it anybody could test guesses against the body's `privatedigest`; it is sealed with the private part.
    var encoded: [UInt8] { Array("\(protected).\(signature)".utf8) }

    /// From what the store kept.
    init?(encoded: [UInt8]) {
        let parts = String(decoding: encoded, as: UTF8.self).split(separator: ".").map(String.init)
        guard parts.count == 2 else { return nil }
        self.init(protected: parts[0], signature: parts[1])
    }
}
