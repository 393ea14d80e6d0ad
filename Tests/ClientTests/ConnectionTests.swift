import Client
import Testing

@Suite(.timeLimit(.minutes(1))) struct ConnectionTests {
    private let get = Request("GET", "/")

    private func connect(_ server: StubServer, limits: Limits = Limits()) async throws -> Connection {
        try await Connection.connect(host: "127.0.0.1", port: server.port, limits: limits)
    }

    @Test func keepsTheConnectionAlive() async throws {
        try await StubServer.run { request in
            answer("200 OK", "X-Number: \(request.number)", "\(request.connection).\(request.number) \(request.text)")
        } _: { server in
            let connection = try await connect(server)
            for number in 1...5 {
                let answer = try await connection.send(Request("POST", "/echo?q=1", body: Array("body \(number)".utf8)))
                #expect(answer.status == 200)
                #expect(answer.text == "1.\(number) body \(number)")
                #expect(answer.header("x-number") == "\(number)")
                #expect(answer.header("absent") == nil)
            }
            #expect(connection.isOpen)
            let seen = try #require(server.requests.first)
            #expect(seen.path == "/echo?q=1")
            #expect(seen.header("Host") == ["127.0.0.1:\(server.port)"])
            #expect(seen.header("Content-Length") == ["6"])
            #expect(seen.header("Transfer-Encoding").isEmpty)
        }
    }

    @Test func joinsChunksAndPieces() async throws {
        try await StubServer.run { request in
            if request.path == "/" {
                return [
                    .write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chu"), .pause(milliseconds: 5),
                    .write("nked\r\n\r\n4\r\nabcd\r\n3\r"), .pause(milliseconds: 5), .write("\nefg\r\n0\r\n\r\n"),
                ]
            }
            return answer("200 OK", "", String(repeating: "x", count: 300_000))
        } _: { server in
            let connection = try await connect(server)
            #expect(try await connection.send(get).text == "abcdefg")
            #expect(try await connection.send(Request("GET", "/large")).body.count == 300_000)
            #expect(try await connection.send(get).text == "abcdefg")
        }
    }

    @Test func sendsLargeBodies() async throws {
        let body = (0..<2_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        try await StubServer.run { request in
            answer("200 OK", "", request.body == body ? "same" : "other")
        } _: { server in
            let connection = try await connect(server)
            #expect(try await connection.send(Request("POST", "/", body: body)).text == "same")
            #expect(try await connection.send(Request("POST", "/", body: body)).text == "same")
        }
    }

    @Test func bodilessAnswersEnd() async throws {
        try await StubServer.run { request in
            [.write(request.number == 1 ? "HTTP/1.1 204 No Content\r\n\r\n" : "HTTP/1.1 304 Not Modified\r\n\r\n")]
        } _: { server in
            let connection = try await connect(server)
            #expect(try await connection.send(get).status == 204)
            #expect(try await connection.send(get).status == 304)
        }
    }

    @Test func closesWhenTheServerSaysSo() async throws {
        try await StubServer.run { _ in
            answer("200 OK", "Connection: close", "bye")
        } _: { server in
            let connection = try await connect(server)
            #expect(try await connection.send(get).text == "bye")
            #expect(!connection.isOpen)
            await #expect(throws: ClientError.closed(mayHaveBeenProcessed: false)) { try await connection.send(get) }
        }
    }

    @Test func anAnswerMayEndWithTheConnection() async throws {
        try await StubServer.run { _ in
            [.write("HTTP/1.1 200 OK\r\n\r\nuntil the end"), .close]
        } _: { server in
            let connection = try await connect(server)
            #expect(try await connection.send(get).text == "until the end")
        }
    }

    @Test(arguments: ["", "HTTP/1.1 20", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"])
    func aBrokenAnswerMayHaveBeenProcessed(start: String) async throws {
        try await StubServer.run { _ in
            [.write(start), .close]
        } _: { server in
            let connection = try await connect(server)
            await #expect(throws: ClientError.closed(mayHaveBeenProcessed: true)) { try await connection.send(get) }
            await #expect(throws: ClientError.closed(mayHaveBeenProcessed: false)) { try await connection.send(get) }
        }
    }

    @Test func refusesWhatIsNoHTTP() async throws {
        try await StubServer.run { _ in
            [.write("SSH-2.0-OpenSSH_9.2\r\n\r\n")]
        } _: { server in
            let connection = try await connect(server)
            let error = await #expect(throws: ClientError.self) { try await connection.send(get) }
            guard case .malformedAnswer = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    @Test func timesOut() async throws {
        try await StubServer.run { _ in
            [.write("HTTP/1.1 200 OK\r\n")]
        } _: { server in
            let connection = try await connect(server)
            await #expect(throws: ClientError.timedOut(mayHaveBeenProcessed: true)) {
                try await connection.send(get, timeout: .milliseconds(50))
            }
            #expect(!connection.isOpen)
        }
    }

    @Test(arguments: [
        "Content-Length: 101\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n65\r\n" + String(repeating: "x", count: 101),
    ])
    func limitsTheAnswer(rest: String) async throws {
        var limits = Limits()
        limits.answerBytes = 100
        try await StubServer.run { _ in
            [.write("HTTP/1.1 200 OK\r\n" + rest)]
        } _: { [limits] server in
            let connection = try await connect(server, limits: limits)
            await #expect(throws: ClientError.answerTooLarge(limit: 100)) { try await connection.send(get) }
        }
    }

    @Test func oneRequestAtATime() async throws {
        try await StubServer.run { _ in
            [.pause(milliseconds: 5_000)] + answer("200 OK", "", "late")
        } _: { server in
            let connection = try await connect(server)
            async let first = connection.send(get)
            try await server.waitForRequest()
            await #expect(throws: ClientError.inUse) { try await connection.send(get) }
            #expect(try await first.text == "late")
        }
    }

    @Test func cancellationEndsTheRequest() async throws {
        try await StubServer.run { _ in
            []
        } _: { server in
            let connection = try await connect(server)
            let task = Task { try await connection.send(get) }
            try await server.waitForRequest()
            task.cancel()
            await #expect(throws: ClientError.cancelled(mayHaveBeenProcessed: true)) { try await task.value }
            #expect(!connection.isOpen)
        }
    }

    @Test func nobodyListens() async throws {
        // A port that was free a moment ago.
        let port = try await StubServer.run { _ in
            []
        } _: { server in
            server.port
        }
        let error = await #expect(throws: ClientError.self) {
            try await Connection.connect(host: "127.0.0.1", port: port)
        }
        guard case .cannotConnect = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(error?.mayHaveBeenProcessed == false)
        #expect(error?.isTemporary == true)
    }

    @Test func refusesLineBreaksInTheHead() async throws {
        try await StubServer.run { _ in
            answer("200 OK")
        } _: { server in
            let connection = try await connect(server)
            let bad = [
                Request("GET", "/a b"), Request("GET", "/a\r\nX: 1"), Request("GET", "relative"), Request("get", "/"),
                Request("GET", "/", headers: [("X", "a\r\nY: b")]), Request("GET", "/", headers: [("X:", "a")]),
            ]
            for request in bad {
                let error = await #expect(throws: ClientError.self) { try await connection.send(request) }
                guard case .badRequest = error else {
                    Issue.record("\(request.path)")
                    return
                }
            }
            #expect(try await connection.send(get).status == 200)
        }
    }

    @Test func anEarlyAnswerIsStillAnAnswer() async throws {
        try await StubServer.run { _ in
            answer("413 Content Too Large", "Connection: close", "too large")
        } _: { server in
            let connection = try await connect(server)
            #expect(try await connection.send(Request("POST", "/", body: [1])).status == 413)
            #expect(!connection.isOpen)
        }
    }
}
