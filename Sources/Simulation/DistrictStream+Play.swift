public import Client

extension DistrictStream {
    /// Facts of one request at most; a day played fast is sent in pieces of this size.
    private static let batchFacts = 200
    /// Messages taken from the stream at a time; the rest wait in it, not in memory.
    private static let roundMessages = 2_000
    /// How long to wait before trying again: doubled from the first to the last while the server stays away.
    private static let backoff: (first: Duration, last: Duration) = (.milliseconds(250), .seconds(15))
    /// How often progress is told.
    private static let progressInterval: Duration = .seconds(10)

    /// Posts each message as its device at its time, until the task is cancelled; then returns what was done.
    ///
    /// While the server is away or busy nothing is lost: the same messages, with the same ids, are sent until they are
    /// answered, and what falls due meanwhile waits. A device's messages keep their order; what is due together goes as one
    /// request per device.
    ///
    /// - Parameters:
    ///   - base: the server, `http://host[:port][/prefix]`.
    ///   - tokens: the bearer token of every device, by id.
    ///   - speed: simulated seconds per real second. The stream's start is the moment of the call.
    ///   - messages: how many to play at most; nil for no end.
    ///   - progress: told the counts about every ten seconds, while messages get through, and at the end.
    ///   - trouble: told of each failure after which a request is tried again, with the device.
    public func play(
        to base: String, tokens: [String: String], speed: Double = 1, messages: Int? = nil,
        progress: @escaping @Sendable (PlaySummary) -> Void = { _ in },
        trouble: @escaping @Sendable (String, ClientError) -> Void = { _, _ in }
    ) async throws(PlayError) -> PlaySummary {
        guard speed.isFinite, speed > 0 else { throw .badSpeed }
        var clients: [String: JianghanClient] = [:]
        do {
            let client = try JianghanClient(base: base)
            for device in deviceIDs { clients[device] = tokens[device].map { client.speaking(as: $0) } }
        } catch {
            throw .server(error)
        }
        for device in deviceIDs where clients[device] == nil { throw .noToken(device: device) }

        var stream = self
        var left = messages ?? .max
        var next = left > 0 ? stream.next() : nil
        var summary = PlaySummary()
        let start = ContinuousClock.now
        var told = start
        while let first = next {
            let wait = Duration.milliseconds(Double(first.dueMs - startMs) / speed)
            guard await Self.sleep(until: start + wait) else { break }
            let elapsed = (ContinuousClock.now - start) / .milliseconds(1)
            let now = startMs + Int64(min(elapsed * speed, 1e15))
            var round = Round()
            while let message = next, round.count < Self.roundMessages, message.dueMs <= max(now, first.dueMs) {
                round.add(message)
                left -= 1
                next = left > 0 ? stream.next() : nil
            }
            summary.add(try await Self.post(round, clients, trouble))
            if ContinuousClock.now - told >= Self.progressInterval {
                told = .now
                progress(summary)
            }
            if Task.isCancelled { break }
        }
        progress(summary)
        return summary
    }

    /// What is due together, per device, in order.
    private struct Round {
        private(set) var count = 0
        private(set) var facts: [(device: String, facts: [[UInt8]])] = []

        mutating func add(_ message: SimulatedMessage) {
            count += 1
            if let index = facts.lastIndex(where: { $0.device == message.device }),
                facts[index].facts.count < batchFacts
            {
                facts[index].facts.append(message.json)
            } else {
                facts.append((message.device, [message.json]))
            }
        }
    }

    private static func post(
        _ round: Round, _ clients: [String: JianghanClient],
        _ trouble: @escaping @Sendable (String, ClientError) -> Void
    ) async throws(PlayError) -> PlaySummary {
        // One lane per device, so that its batches keep their order.
        var lanes: [[(device: String, facts: [[UInt8]])]] = []
        for batch in round.facts {
            if let lane = lanes.firstIndex(where: { $0.first?.device == batch.device }) {
                lanes[lane].append(batch)
            } else {
                lanes.append([batch])
            }
        }
        if lanes.count == 1 { return try await post(lane: lanes[0], clients, trouble).get() }
        let results = await withTaskGroup(of: Result<PlaySummary, PlayError>.self) { [lanes] group in
            for lane in lanes { group.addTask { await post(lane: lane, clients, trouble) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        var summary = PlaySummary()
        for result in results { summary.add(try result.get()) }
        return summary
    }

    private static func post(
        lane: [(device: String, facts: [[UInt8]])], _ clients: [String: JianghanClient],
        _ trouble: @Sendable (String, ClientError) -> Void
    ) async -> Result<PlaySummary, PlayError> {
        var summary = PlaySummary()
        for (device, facts) in lane {
            guard let client = clients[device] else { return .failure(.noToken(device: device)) }
            var pause = backoff.first
            while true {
                do throws(ClientError) {
                    let answers: [FactAnswer]
                    if facts.count == 1 {
                        answers = [try await client.post(fact: facts[0])]
                    } else {
                        answers = try await client.post(facts: facts)
                    }
                    for answer in answers { summary.count(answer, of: device) }
                    break
                } catch {
                    if case .cancelled = error { return .success(summary) }
                    guard error.isTemporary else { return .failure(.server(error)) }
                    summary.retries += 1
                    trouble(device, error)
                    var wait = pause
                    if case .busy(let seconds) = error { wait = max(.seconds(seconds), .milliseconds(10)) }
                    guard await sleep(until: .now + wait) else { return .success(summary) }
                    pause = min(pause * 2, backoff.last)
                }
            }
        }
        return .success(summary)
    }

    /// False if the task was cancelled.
    private static func sleep(until moment: ContinuousClock.Instant) async -> Bool {
        do {
            try await Task.sleep(until: moment, clock: .continuous)
            return !Task.isCancelled
        } catch {
            return false
        }
    }
}

extension PlaySummary {
    fileprivate mutating func count(_ answer: FactAnswer, of device: String) {
        switch answer {
        case .accepted(_, duplicate: false): sent += 1
        case .accepted(_, duplicate: true): duplicates += 1
        case .refused(let code, let field, let rule, let message):
            refused += 1
            lastRefusal = [device, code, field, rule, message].compactMap(\.self).joined(separator: " ")
        }
    }
}
