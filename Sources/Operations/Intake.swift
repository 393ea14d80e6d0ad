import Crypto
import District
public import Facts

/// The edge: authenticates, parses and checks what arrives, in parallel and without state of its own.
public struct Intake: Sendable {
    /// Who is speaking.
    public enum Speaker: Equatable, Sendable {
        /// The source of that id, by its token.
        case source(String)
        /// Whoever can read the district's own files; may speak for any source that is registered.
        case owner
    }

    private let edge: EdgeView
    private let reader: FactReader

    /// The edge as things stand now.
    public init(edge: EdgeView, now: Int64) {
        self.edge = edge
        reader = FactReader(schemas: edge.schemas, now: now)
    }

    /// The hash by which a token is known; the token itself is kept nowhere.
    public static func hash(ofToken token: String) -> String {
        SHA256.hash(data: Array(token.utf8)).hexadecimal
    }

    /// Who has a token.
    public func speaker(token: String) throws(Refusal) -> Speaker {
        guard let number = edge.byTokenHash[Self.hash(ofToken: token)] else {
            throw Refusal(.unauthenticated, field: "Authorization", rule: "the token belongs to no source")
        }
        let registration = edge.registrations[number]
        guard !registration.isRevoked else {
            throw Refusal(.revoked, field: "Authorization", rule: "the source '\(registration.id)' was revoked")
        }
        return .source(registration.id)
    }

    /// Reads one fact.
    public func read(
        _ bytes: [UInt8], in range: Range<Int>? = nil, from speaker: Speaker
    ) throws(Refusal) -> Fact {
        let fact = try reader.read(bytes, in: range)
        guard case .source(let id) = speaker else {
            try refuseUnsigned(fact)
            return fact
        }
        guard fact.source.withBytes(in: fact.body, { $0.elementsEqual(id.utf8) }) else {
            throw Refusal(.forbidden, field: "source", rule: "the token belongs to '\(id)'")
        }
        var admitted = fact
        admitted.admission = edge.byID[id].map { edge.registrations[$0].index }
        return admitted
    }

    /// Nobody speaks for a source that signs what it says.
    private func refuseUnsigned(_ fact: Fact) throws(Refusal) {
        guard let number = edge.byID[fact.string(fact.source)] else { return }
        let registration = edge.registrations[number]
        guard registration.key == nil || registration.tokenHash != nil else {
            throw Refusal(.signature, field: "source", rule: "'\(registration.id)' signs what it says")
        }
    }

    /// Reads one signed fact; the signature says who speaks.
    public func readSigned(_ bytes: [UInt8], in range: Range<Int>? = nil) throws(Refusal) -> Fact {
        let signed = try SignedFact(bytes, in: range)
        guard let number = edge.byID[signed.keyID] else {
            throw Refusal(.unauthenticated, field: "protected.kid", rule: "no source '\(signed.keyID)' is registered")
        }
        let registration = edge.registrations[number]
        guard !registration.isRevoked else {
            throw Refusal(.revoked, field: "protected.kid", rule: "the source '\(signed.keyID)' was revoked")
        }
        guard let key = registration.key else {
            throw Refusal(.signature, field: "protected.kid", rule: "'\(signed.keyID)' registered no key")
        }
        try signed.verify(with: key)
        var fact = try read(signed.object, from: .source(registration.id))
        fact.signature = signed.signature
        return fact
    }

    /// Reads an array of facts, each judged by itself; throws only if the array itself cannot be told apart.
    public func readBatch(
        _ bytes: [UInt8], from speaker: Speaker
    ) throws(Refusal) -> [Result<Fact, Refusal>] {
        try FactReader.elements(of: bytes, atMost: Limits.requestFacts).map { range in
            Result { () throws(Refusal) -> Fact in try read(bytes, in: range, from: speaker) }
        }
    }

    /// Reads an array of signed facts, each judged by itself: what a phone sends after a day without a network.
    ///
    /// A signature costs a hundred times what a fact does; so others get their turn in between.
    public func readSignedBatch(_ bytes: [UInt8]) async throws(Refusal) -> [Result<Fact, Refusal>] {
        var read: [Result<Fact, Refusal>] = []
        for range in try FactReader.elements(of: bytes, atMost: Limits.requestFacts) {
            if read.count.isMultiple(of: 32) { await Task.yield() }
            read.append(Result { () throws(Refusal) -> Fact in try readSigned(bytes, in: range) })
        }
        return read
    }
}

extension Sequencer {
    /// Hands in what the edge read, bad neighbours left out; the answers are in the order of the batch.
    public func submit(_ read: [Result<Fact, Refusal>]) async throws(SubmissionError) -> [Outcome] {
        var answers = try await submit(read.compactMap { try? $0.get() }).makeIterator()
        return read.map { result in
            switch result {
            case .failure(let refusal): .refused(refusal)
            // One answer for each fact that was handed in.
            case .success: answers.next() ?? .refused(Refusal(.conflict, rule: "was not answered"))
            }
        }
    }
}
