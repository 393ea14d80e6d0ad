extension JianghanClient {
    /// How facts are written in a request's body.
    public enum FactFormat: String, Sendable {
        /// One CloudEvents 1.0 JSON object.
        case event = "application/cloudevents+json"
        /// A JSON array of them.
        case batch = "application/cloudevents-batch+json"
        /// One flattened JWS.
        case signed = "application/jose+json"
    }

    /// Posts a body as it is and returns the answer as it is, for those who count or measure.
    public func postRaw(_ body: [UInt8], as format: FactFormat) async throws(ClientError) -> Answer {
        try await send(Request("POST", "/facts", headers: [("Content-Type", format.rawValue)], body: body))
    }

    /// Posts a batch of CloudEvents JSON objects; one answer for each, in order. An empty batch is not sent.
    ///
    /// Throws ``ClientError/busy(retryAfterSeconds:)`` if the queue is full and nothing was taken, and
    /// ``ClientError/rejected(status:code:message:)`` if the request was refused as a whole.
    public func post(facts: [[UInt8]]) async throws(ClientError) -> [FactAnswer] {
        if facts.isEmpty { return [] }
        let answer = try await postRaw(Self.array(of: facts), as: .batch)
        guard answer.status == 200 else { throw answer.rejection }
        return try AnswerScanner.array(answer.body, count: facts.count)
    }

    /// Posts one CloudEvents JSON object. A 400, 403, 409 or 422 is the refusal of this fact; others throw as for a batch.
    public func post(fact: [UInt8]) async throws(ClientError) -> FactAnswer {
        try await postOne(fact, as: .event)
    }

    /// Posts one flattened JWS (`application/jose+json`), which needs no token: the signature speaks.
    public func post(signedFact: [UInt8]) async throws(ClientError) -> FactAnswer {
        try await postOne(signedFact, as: .signed)
    }

    /// Posts a batch again and again while the server says that it is busy, at its rhythm.
    ///
    /// - Parameter patience: longest time to go on; then ``ClientError/busy(retryAfterSeconds:)`` is thrown.
    public func postUntilTaken(
        facts: [[UInt8]], patience: Duration = .seconds(60)
    ) async throws(ClientError) -> [FactAnswer] {
        let end = ContinuousClock.now + patience
        while true {
            do throws(ClientError) {
                return try await post(facts: facts)
            } catch .busy(let seconds) {
                // Never without a pause, also when the server asks for none.
                let next = ContinuousClock.now + .seconds(max(seconds, 0.01))
                if next > end { throw .busy(retryAfterSeconds: seconds) }
                do {
                    try await Task.sleep(until: next)
                } catch {
                    throw .cancelled(mayHaveBeenProcessed: false)
                }
            }
        }
    }

    private func postOne(_ fact: [UInt8], as format: FactFormat) async throws(ClientError) -> FactAnswer {
        let answer = try await postRaw(fact, as: format)
        switch answer.status {
        case 200, 201:
            return try AnswerScanner.one(answer.body)
        case 400, 403, 409, 422:
            guard case .refused(let code, let field, let rule, let message)? = try? AnswerScanner.one(answer.body)
            else {
                throw answer.rejection
            }
            return .refused(code: code, field: field, rule: rule, message: message)
        default:
            throw answer.rejection
        }
    }

    private static func array(of facts: [[UInt8]]) -> [UInt8] {
        var body: [UInt8] = []
        body.reserveCapacity(facts.reduce(1) { $0 + $1.count + 1 })
        body.append(UInt8(ascii: "["))
        for fact in facts {
            if body.count > 1 { body.append(UInt8(ascii: ",")) }
            body.append(contentsOf: fact)
        }
        body.append(UInt8(ascii: "]"))
        return body
    }
}
