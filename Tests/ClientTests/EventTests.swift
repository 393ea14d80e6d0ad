import Testing

@testable import Client

@Suite struct EventParserTests {
    private let text =
        "\u{FEFF}: hello\r\nid: 7\r\nevent: fact\r\ndata: {\"a\":1}\r\ndata:second\r\n\r\n"
        + "data\n\nid:8\rdata:  two spaces\r\revent: only\n\nretry: 100\nid\ndata: x\nunknown: y\n\ndata: unfinished"

    private let expected = [
        ServerSentEvent(id: "7", event: "fact", data: "{\"a\":1}\nsecond"),
        ServerSentEvent(id: "7", data: ""),
        ServerSentEvent(id: "8", data: " two spaces"),
        ServerSentEvent(id: "", data: "x"),
    ]

    @Test(arguments: [1, 2, 3, 7, 1000]) func piecesDoNotMatter(size: Int) throws {
        var parser = EventParser(limit: 1000)
        var events: [ServerSentEvent] = []
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: size) {
            events += try parser.feed(bytes[start..<min(start + size, bytes.count)])
        }
        #expect(events == expected)
    }

    @Test func limitsAnEvent() throws {
        var parser = EventParser(limit: 10)
        #expect(try parser.feed("data: 1234\n\n".utf8).count == 1)
        #expect(throws: ClientError.answerTooLarge(limit: 10)) { try parser.feed("data: 12345\n\n".utf8) }
        var lines = EventParser(limit: 20)
        #expect(throws: ClientError.answerTooLarge(limit: 20)) {
            try lines.feed("data: 1234567\ndata: 1234567\ndata: 1234567\n".utf8)
        }
    }

    @Test func anIdWithNullIsIgnored() throws {
        var parser = EventParser(limit: 100)
        #expect(try parser.feed("id: 1\ndata: a\n\nid: 2\0\ndata: b\n\n".utf8).map(\.id) == ["1", "1"])
    }
}

@Suite(.timeLimit(.minutes(1))) struct EventStreamTests {
    private static let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"

    private static func chunk(_ text: String) -> StubStep {
        .write("\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n")
    }

    @Test func readsAndResumes() async throws {
        try await StubServer.run { request in
            let start = Int(request.header("Last-Event-ID").first ?? "6").map { $0 + 1 } ?? 0
            return [.write(Self.head), Self.chunk(": hi\n\n"), .pause(milliseconds: 5)]
                + (start..<start + 3).map { Self.chunk("id: \($0)\nevent: fact\ndata: {\"index\":\($0)}\n\n") }
                + [.pause(milliseconds: 5), .write("0\r\n\r\n")]
        } _: { server in
            let client = try JianghanClient(base: server.base, token: "secret")
            var ids: [String] = []
            for _ in 0..<2 {
                for try await event in try await client.events(from: 7, after: ids.last) {
                    #expect(event.event == "fact")
                    ids.append(event.id ?? "")
                }
            }
            #expect(ids == ["7", "8", "9", "10", "11", "12"])
            #expect(server.requests.map(\.path) == ["/events?from=7", "/events?from=7"])
            #expect(server.requests.allSatisfy { $0.header("Authorization") == ["Bearer secret"] })
        }
    }

    @Test func aBrokenStreamThrowsAfterItsEvents() async throws {
        try await StubServer.run { _ in
            [.write(Self.head), Self.chunk("data: a\n\n"), .close]
        } _: { server in
            var stream = try await JianghanClient(base: server.base).events().makeAsyncIterator()
            #expect(try await stream.next()?.data == "a")
            await #expect(throws: ClientError.closed(mayHaveBeenProcessed: true)) { try await stream.next() }
        }
    }

    @Test func silenceIsAnError() async throws {
        var limits = Limits()
        limits.eventSilence = .milliseconds(600)
        let comments = (0..<8).flatMap { _ in [StubStep.pause(milliseconds: 100), Self.chunk(":\n")] }
        try await StubServer.run { _ in
            [.write(Self.head)] + comments + [Self.chunk("data: a\n\n")]
        } _: { [limits] server in
            var stream = try await JianghanClient(base: server.base, limits: limits).events().makeAsyncIterator()
            #expect(try await stream.next()?.data == "a")
            await #expect(throws: ClientError.timedOut(mayHaveBeenProcessed: true)) { try await stream.next() }
        }
    }

    @Test func anotherAnswerIsARejection() async throws {
        try await StubServer.run { _ in
            answer("401 Unauthorized", "", #"{"error":{"code":"token","message":"unknown token"}}"#)
        } _: { server in
            let client = try JianghanClient(base: server.base)
            await #expect(throws: ClientError.rejected(status: 401, code: "token", message: "unknown token")) {
                try await client.events()
            }
        }
    }

    @Test func cancellationEndsTheReader() async throws {
        try await StubServer.run { _ in
            [.write(Self.head)]
        } _: { server in
            let stream = try await JianghanClient(base: server.base).events()
            let task = Task {
                for try await _ in stream {}
            }
            try await Task.sleep(for: .milliseconds(30))
            task.cancel()
            await #expect(throws: ClientError.cancelled(mayHaveBeenProcessed: true)) { try await task.value }
        }
    }

    /// More events than are held: the reader gets them all, in order, though it starts late.
    @Test func aSlowReaderLosesNothing() async throws {
        let events = (0..<50_000).map { "id: \($0)\ndata: 0123456789012345678901234567890123456789\n\n" }
        let chunks = stride(from: 0, to: events.count, by: 500).map { Self.chunk(events[$0..<$0 + 500].joined()) }
        try await StubServer.run { _ in
            [.write(Self.head)] + chunks + [.write("0\r\n\r\n")]
        } _: { server in
            let stream = try await JianghanClient(base: server.base).events()
            try await Task.sleep(for: .milliseconds(100))
            var next = 0
            for try await event in stream {
                #expect(event.id == "\(next)")
                next += 1
            }
            #expect(next == events.count)
        }
    }
}
