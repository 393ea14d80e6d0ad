import Client
import Testing

@Suite(.timeLimit(.minutes(1))) struct JianghanClientTests {
    private let facts = [Array(#"{"id":"1"}"#.utf8), Array(#"{"id":"2"}"#.utf8)]

    @Test func postsBatchesOnOneConnection() async throws {
        try await StubServer.run { _ in
            answer(
                "200 OK", "",
                #"[{"index":8},{"error":{"code":"schema","field":"data.floor","rule":"maximum 150","message":"no"}}]"#)
        } _: { server in
            let client = try JianghanClient(base: server.base + "/jianghan/", token: "secret")
            for _ in 0..<3 {
                #expect(
                    try await client.post(facts: facts) == [
                        .accepted(index: 8, duplicate: false),
                        .refused(code: "schema", field: "data.floor", rule: "maximum 150", message: "no"),
                    ])
            }
            #expect(try await client.post(facts: []).isEmpty)
            #expect(server.requests.count == 3)
            #expect(server.requests.map(\.connection) == [1, 1, 1])
            let request = try #require(server.requests.first)
            #expect(request.text == #"[{"id":"1"},{"id":"2"}]"#)
            #expect(request.path == "/jianghan/facts")
            #expect(request.header("Content-Type") == ["application/cloudevents-batch+json"])
            #expect(request.header("Authorization") == ["Bearer secret"])
        }
    }

    @Test func postsOneFact() async throws {
        try await StubServer.run { request in
            switch request.number {
            case 1: answer("201 Created", "", #"{"index":7}"#)
            case 2: answer("200 OK", "", #"{"index":7,"duplicate":true}"#)
            case 3: answer("400 Bad Request", "", #"{"error":{"code":"json","message":"at byte 3"}}"#)
            case 4: answer("401 Unauthorized", "", #"{"error":{"code":"token","message":"unknown"}}"#)
            case 5: answer("413 Content Too Large", "", "too large")
            default: answer("400 Bad Request", "", "<html>")
            }
        } _: { server in
            let client = try JianghanClient(base: server.base, token: "a")
            let other = client.speaking(as: nil)
            #expect(try await client.post(fact: facts[0]) == .accepted(index: 7, duplicate: false))
            #expect(try await other.post(signedFact: facts[0]) == .accepted(index: 7, duplicate: true))
            #expect(
                try await client.post(fact: facts[0])
                    == .refused(code: "json", field: nil, rule: nil, message: "at byte 3"))
            await #expect(throws: ClientError.rejected(status: 401, code: "token", message: "unknown")) {
                try await client.post(fact: facts[0])
            }
            await #expect(throws: ClientError.rejected(status: 413, code: "http", message: "too large")) {
                try await client.post(fact: facts[0])
            }
            await #expect(throws: ClientError.rejected(status: 400, code: "http", message: "<html>")) {
                try await client.post(fact: facts[0])
            }
            let seen = server.requests
            #expect(seen.map { $0.header("Authorization").first }.prefix(2) == ["Bearer a", nil])
            #expect(seen[0].header("Content-Type") == ["application/cloudevents+json"])
            #expect(seen[1].header("Content-Type") == ["application/jose+json"])
        }
    }

    @Test func honoursRetryAfter() async throws {
        try await StubServer.run { request in
            request.number < 3
                ? answer("429 Too Many Requests", "Retry-After: 0.05")
                : answer("200 OK", "", #"[{"index":1},{"index":2}]"#)
        } _: { server in
            let client = try JianghanClient(base: server.base)
            await #expect(throws: ClientError.busy(retryAfterSeconds: 0.05)) { try await client.post(facts: facts) }
            let start = ContinuousClock.now
            #expect(try await client.postUntilTaken(facts: facts).map(\.index) == [1, 2])
            #expect(ContinuousClock.now - start >= .milliseconds(50))
        }
    }

    @Test func patienceEnds() async throws {
        try await StubServer.run { _ in
            answer("429 Too Many Requests", "Retry-After: 60")
        } _: { server in
            let client = try JianghanClient(base: server.base)
            await #expect(throws: ClientError.busy(retryAfterSeconds: 60)) {
                try await client.postUntilTaken(facts: facts, patience: .seconds(1))
            }
            #expect(server.requests.count == 1)
        }
    }

    /// An idle connection that the server closed is replaced; nothing is sent twice.
    @Test func replacesAStaleConnection() async throws {
        try await StubServer.run { _ in
            answer("200 OK", "", "x") + [.pause(milliseconds: 20), .close]
        } _: { server in
            let client = try JianghanClient(base: server.base)
            #expect(try await client.get("/").status == 200)
            try await Task.sleep(for: .milliseconds(300))
            #expect(try await client.get("/").status == 200)
            #expect(server.requests.map(\.connection) == [1, 2])
        }
    }

    @Test func whatMayHaveBeenProcessedIsNotRepeated() async throws {
        try await StubServer.run { request in
            request.number == 1 ? answer("200 OK", "", "x") : [.close]
        } _: { server in
            let client = try JianghanClient(base: server.base)
            #expect(try await client.get("/").status == 200)
            await #expect(throws: ClientError.closed(mayHaveBeenProcessed: true)) { try await client.get("/") }
            #expect(server.requests.count == 2)
        }
    }

    @Test func concurrentRequestsUseTheirOwnConnections() async throws {
        try await StubServer.run { _ in
            [.pause(milliseconds: 20)] + answer("200 OK", "", "x")
        } _: { server in
            let client = try JianghanClient(base: server.base)
            for _ in 0..<3 {
                try await withThrowingTaskGroup(of: Int.self) { group in
                    for _ in 0..<8 { group.addTask { try await client.get("/").status } }
                    for try await status in group { #expect(status == 200) }
                }
            }
            #expect(server.requests.count == 24)
            #expect(server.requests.map(\.connection).max() ?? 0 <= 8)
        }
    }

    @Test func readsStatusAndCheckpoint() async throws {
        let status = #"""
            {"district":"jianghan","origin":"example/jianghan","simulated":true,"size":123,"factsPerSecond":12.3,
            "checkpoint":{"size":120,"root":"AAAA","signedAt":"2026-11-24T08:00:00Z"},"vkey":"k","uptimeSeconds":9,
            "sources":[{"id":"device/camera-1","role":"device","state":"active","lastReceived":null,"facts":12,"silentAfterSeconds":600}]}
            """#
        try await StubServer.run { request in
            request.path == "/status" ? answer("200 OK", "", status) : answer("200 OK", "", "note of \(request.path)\n")
        } _: { server in
            let client = try JianghanClient(base: server.base)
            let read = try await client.status()
            #expect(read.size == 123 && read.checkpoint?.size == 120 && read.simulated)
            #expect(read.sources.first?.silentAfterSeconds == 600 && read.sources.first?.lastReceived == nil)
            #expect(try await client.checkpoint() == "note of /log/jianghan/checkpoint\n")
            #expect(try await client.checkpoint(of: "other") == "note of /log/other/checkpoint\n")
        }
    }
}
