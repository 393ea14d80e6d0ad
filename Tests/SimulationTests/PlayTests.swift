import Client
import Foundation
import Synchronization
import Testing

@testable import Simulation

@Suite(.timeLimit(.minutes(1))) struct PlayTests {
    private let stream = DistrictStream(seed: 3, start: 1_795_482_000_000)
    private let tokens = Dictionary(
        uniqueKeysWithValues: SimulatedDevice.district.map { ($0.id, "token-of-\($0.id.dropFirst(7))") })

    /// Answers as the server does: a fact is new once per source and id.
    private final class Log: Sendable {
        private let ids = Mutex<[String: Int]>([:])
        private let order = Mutex<[String: [Int]]>([:])

        var numbersBySource: [String: [Int]] { order.withLock { $0 } }

        func take(_ request: StubRequest) -> [StubStep] {
            guard let body = try? JSONSerialization.jsonObject(with: Data(request.body)) else {
                return answer("400 Bad Request", "", "no JSON")
            }
            let isBatch = body is [Any]
            let facts = (body as? [[String: Any]]) ?? [body as? [String: Any] ?? [:]]
            let answers = facts.map { fact in
                let source = fact["source"] as? String ?? ""
                guard request.header("Authorization") == ["Bearer token-of-\(source.dropFirst(7))"] else {
                    return #"{"error":{"code":"source","message":"not yours"}}"#
                }
                if fact["type"] as? String == "report.made" {
                    return #"{"error":{"code":"schema","field":"data.category","rule":"values","message":"no"}}"#
                }
                let key = source + " " + (fact["id"] as? String ?? "")
                return ids.withLock { ids in
                    if let index = ids[key] { return #"{"index":\#(index),"duplicate":true}"# }
                    let index = ids.count
                    ids[key] = index
                    let number = (fact["sequence"] as? String).flatMap { Int($0) } ?? 0
                    order.withLock { $0[source, default: []].append(number) }
                    return #"{"index":\#(index)}"#
                }
            }
            if isBatch { return answer("200 OK", "", "[\(answers.joined(separator: ","))]") }
            return answer(answers[0].contains("error") ? "422 X" : "201 Created", "", answers[0])
        }
    }

    private func counts(_ messages: Int) -> (new: Int, repeats: Int, reports: Int) {
        var stream = stream
        var counts = (new: 0, repeats: 0, reports: 0)
        for _ in 0..<messages {
            guard let message = stream.next() else { break }
            if ReadFact(message)?.type == "report.made" {
                counts.reports += 1
            } else if message.isRepeat {
                counts.repeats += 1
            } else {
                counts.new += 1
            }
        }
        return counts
    }

    @Test func playsADayFast() async throws {
        let log = Log()
        try await StubServer.run({ log.take($0) }) { server in
            let told = Mutex<PlaySummary?>(nil)
            let summary = try await stream.play(to: server.base, tokens: tokens, speed: 100_000, messages: 20_000) {
                now in
                told.withLock { $0 = now }
            }
            let expected = counts(20_000)
            #expect(summary.sent == expected.new)
            #expect(summary.duplicates == expected.repeats && expected.repeats > 0)
            #expect(summary.refused == expected.reports && expected.reports > 0)
            #expect(summary.retries == 0)
            #expect(told.withLock { $0 } == summary)
            #expect(summary.description.hasPrefix("simulated: \(summary.sent) sent"))
            #expect(summary.lastRefusal?.hasSuffix("schema data.category values no") == true)
            // Each device's facts arrive in their order.
            #expect(log.numbersBySource.count >= 29)
            #expect(log.numbersBySource.values.allSatisfy { $0 == $0.sorted() })
        }
    }

    @Test func losesNothingWhileTheServerIsAwayOrBusy() async throws {
        let log = Log()
        let requests = Atomic<Int>(0)
        try await StubServer.run({ request in
            switch requests.wrappingAdd(1, ordering: .relaxed).newValue {
            case 1: answer("429 Too Many Requests", "Retry-After: 0.01")
            case 2: answer("503 Service Unavailable")
            // Taken, but the answer is lost.
            case 3: [.write(log.take(request).isEmpty ? "" : "HTTP/1.1 2"), .close]
            default: log.take(request)
            }
        }) { server in
            let troubles = Mutex<[ClientError]>([])
            let summary = try await stream.play(
                to: server.base, tokens: tokens, speed: 100_000, messages: 500,
                trouble: { _, error in troubles.withLock { $0.append(error) } })
            let first = ClientError.busy(retryAfterSeconds: 0.01)
            #expect(troubles.withLock { $0.count == 3 && $0.contains(first) })
            let expected = counts(500)
            #expect(summary.retries == 3)
            #expect(log.numbersBySource.values.map(\.count).reduce(0, +) == expected.new)
            #expect(summary.sent + summary.duplicates == expected.new + expected.repeats)
            #expect(summary.duplicates > expected.repeats)
        }
    }

    @Test func keepsToTheTime() async throws {
        let log = Log()
        try await StubServer.run({ log.take($0) }) { server in
            var first = stream
            let due = (0..<5).compactMap { _ in first.next()?.dueMs }.last ?? 0
            let start = ContinuousClock.now
            _ = try await stream.play(to: server.base, tokens: tokens, speed: 20, messages: 5)
            let simulated = Double(due - stream.startMs) / 20
            let real = (ContinuousClock.now - start) / .milliseconds(1)
            // How much later it may be is the machine's affair; earlier it must not be.
            #expect(real >= simulated && real < simulated + 60_000)
        }
    }

    @Test func cancellationReturnsTheSummary() async throws {
        try await StubServer.run({ _ in [] }) { server in
            let task = Task { try await stream.play(to: server.base, tokens: tokens, speed: 1_000) }
            try await Task.sleep(for: .milliseconds(100))
            task.cancel()
            #expect(try await task.value.sent == 0)
        }
    }

    @Test func endsOnWhatWaitingCannotMend() async throws {
        try await StubServer.run({ _ in
            answer("401 Unauthorized", "", #"{"error":{"code":"token","message":"unknown"}}"#)
        }) { server in
            await #expect(throws: PlayError.server(.rejected(status: 401, code: "token", message: "unknown"))) {
                try await stream.play(to: server.base, tokens: tokens, speed: 1_000)
            }
            await #expect(throws: PlayError.noToken(device: "device/camera-01")) {
                try await stream.play(to: server.base, tokens: [:])
            }
            await #expect(throws: PlayError.badSpeed) {
                try await stream.play(to: server.base, tokens: tokens, speed: .nan)
            }
            await #expect(throws: PlayError.server(.badURL("ftp://x"))) {
                try await stream.play(to: "ftp://x", tokens: tokens)
            }
        }
    }
}
