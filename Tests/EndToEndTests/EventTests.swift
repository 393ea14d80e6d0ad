import Client
import Facts
import Foundation
import Testing

/// The live stream: resumable by index across restarts, ended by a shutdown, forgotten when the client leaves.
@Suite(.turn) struct EventTests {
    private static let source = "device/a"

    /// The indices of the next events, as many as asked for.
    private static func take(_ count: Int, _ events: inout EventStream.AsyncIterator) async throws -> [ServerSentEvent]
    {
        var taken: [ServerSentEvent] = []
        while taken.count < count, let event = try await events.next() { taken.append(event) }
        return taken
    }

    @Test func resumesAcrossARestartWithoutLossOrDoubling() async throws {
        let store = try await Store(devices: Self.source)
        let token = try store.token(Self.source)
        let first = try await Served(store)
        let size = Int(try await first.client.status().size)
        var events = try await first.client.events(from: 0).makeAsyncIterator()
        var seen = try await Self.take(size, &events)
        for number in 0..<50 {
            #expect(try await first.say(Said.fell("a\(number)", from: Self.source), token).status == 201)
        }
        seen += try await Self.take(30, &events)

        // SIGTERM ends an open stream at once, in order, and everything that was acknowledged may have come.
        let start = ContinuousClock.now
        first.child.send(SIGTERM)
        do {
            while let event = try await events.next() { seen.append(event) }
        } catch {
            Issue.record("the stream broke: \(error)")
        }
        // It takes milliseconds; the limit leaves room for a machine that has much else to do.
        #expect(ContinuousClock.now - start < .seconds(2))
        #expect(try await first.child.end() == .exit(0))

        let second = try await Served(store)
        let batch = (0..<600).map { Said.fell("b\($0)", from: Self.source) }
        #expect(try await second.say(batch: batch, token).status == 200)
        let total = Int(try await second.client.status().size)
        var rest = try await second.client.events(after: seen.last?.id).makeAsyncIterator()
        seen += try await Self.take(total - seen.count, &rest)
        #expect(seen.map(\.id) == (0..<total).map { "\($0)" })

        // Each says what the fact says.
        let last = try JSONValue(parsing: Array((seen.last?.data ?? "").utf8))
        #expect(last["index"]?.integer == Int64(total - 1))
        #expect(last["type"]?.string == "object.fell" && last["source"]?.string == Self.source)
        #expect(last["subject"]?.string == "building/12" && last["time"]?.string == Said.time)
        #expect(last["received"]?.string.flatMap { Timestamp.parse(Array($0.utf8)) } != nil)
        #expect(seen.allSatisfy { $0.event == "fact" })

        // Without an index: what is to come, and nothing before it.
        var live = try await second.client.events().makeAsyncIterator()
        #expect(try await second.say(Said.fell("c", from: Self.source), token).status == 201)
        #expect(try await Self.take(1, &live).first?.id == "\(total)")
        try await second.stopWell()
    }

    @Test func anIndexThatIsNoneIsRefused() async throws {
        let store = try await Store()
        let served = try await Served(store)
        for (path, headers, field) in [
            ("/events?from=-1", [], "from"), ("/events?from=x", [], "from"),
            ("/events", [("Last-Event-ID", "zero")], "Last-Event-ID"),
            ("/events", [("Last-Event-ID", "\(UInt64.max)")], "Last-Event-ID"),
            ("/events?lossy=1&from=\(UInt64.max)", [], "from"), ("/events?from=\(Int64.max)", [], "from"),
        ] as [(String, [(String, String)], String)] {
            let answer = try await served.send("GET", path, headers: headers)
            #expect(answer.status == 400)
            #expect(answer.error == Wrong("attribute", "\(field): must be an index, an integer from 0"))
        }
        try await served.stopWell()
    }

    @Test func aClientThatLeftIsForgottenSoon() async throws {
        let store = try await Store(devices: Self.source)
        let served = try await Served(store)
        let port = served.port
        let sockets = try await offPool {
            try (0..<3).map { _ in
                let socket = try RawSocket(port: port)
                try socket.send("GET /events?from=0 HTTP/1.1\r\nHost: x\r\n\r\n")
                _ = socket.receive(milliseconds: 5_000) { $0.contains("event: fact") }
                return socket
            }
        }
        #expect(try await served.metric("event_streams") == 3)
        // No fact comes, and the next comment is due in 15 s: only the closed connection tells.
        sockets[0].close()
        #expect(try await served.wait(.seconds(5)) { try await served.metric("event_streams") == 2 })
        sockets[1].close()
        sockets[2].close()
        #expect(try await served.wait(.seconds(5)) { try await served.metric("event_streams") == 0 })
        try await served.stopWell()
    }
}
