import Client
import Facts
import Foundation
import Testing

/// Clients that keep to no rule cost the server nothing but their own connection.
@Suite(.turn) struct RudeClientTests {
    private static func head(_ token: String, length: Int) -> String {
        "POST /facts HTTP/1.1\r\nHost: x\r\nContent-Type: application/cloudevents+json\r\n"
            + "Authorization: Bearer \(token)\r\nContent-Length: \(length)\r\n\r\n"
    }

    @Test func aBodyThatDribblesIsGivenUp() async throws {
        let store = try await Store(devices: "device/slow")
        let served = try await Served(store, "--body-timeout", "1")
        let token = try store.token("device/slow")
        let fact = Said.fell("slow", from: "device/slow")
        let answer = try await offPool {
            let socket = try RawSocket(port: served.port)
            let start = ContinuousClock.now
            try socket.send(Self.head(token, length: fact.count))
            for byte in fact where ContinuousClock.now - start < .seconds(5) {
                try? socket.send([byte])
                let answer = socket.receive(milliseconds: 60)
                if !answer.isEmpty { return (answer + socket.receive(milliseconds: 300), ContinuousClock.now - start) }
            }
            return ("", ContinuousClock.now - start)
        }
        #expect(answer.0.hasPrefix("HTTP/1.1 408 "), "\(answer.0)")
        #expect(answer.0.contains(#""message":"the body did not arrive within 1 s""#), "\(answer.0)")
        #expect(answer.1 > .milliseconds(900))

        // One that stops in the middle and stays, and one that leaves in the middle.
        let stalled = try await offPool {
            let socket = try RawSocket(port: served.port)
            try socket.send(Self.head(token, length: fact.count))
            try socket.send(Array(fact.prefix(20)))
            let leaving = try RawSocket(port: served.port)
            try leaving.send(Self.head(token, length: fact.count))
            try leaving.send(Array(fact.prefix(20)))
            leaving.close()
            return (socket.answer(milliseconds: 5_000), socket.isClosedByPeer(milliseconds: 3_000))
        }
        #expect(stalled.0.hasPrefix("HTTP/1.1 408 "), "\(stalled.0)")
        #expect(stalled.1, "the rest of a body that was given up is not waited for")

        #expect(try await served.say(fact, token).status == 201)
        #expect(try await store.facts().filter { $0.id == "slow" }.count == 1)
        try await served.stopWell()
    }

    @Test func aStrangersBodyIsNotWaitedFor() async throws {
        let store = try await Store(devices: "device/a")
        let served = try await Served(store)
        let answer = try await offPool {
            let socket = try RawSocket(port: served.port)
            try socket.send(Self.head("jh_nobody", length: 8_000_000))
            return socket.answer(milliseconds: 5_000)
        }
        #expect(answer.hasPrefix("HTTP/1.1 401 "), "\(answer)")
        #expect(answer.contains("WWW-Authenticate: Bearer"), "\(answer)")
        try await served.stopWell()
    }

    /// Sixteen of the largest bodies may be under way; one more is told to come back, and may when one has left.
    @Test func bodiesUnderWayAreBounded() async throws {
        let store = try await Store(devices: "device/a")
        let served = try await Served(store)
        let token = try store.token("device/a")
        let answers = try await offPool {
            let holding = try (0..<16).map { _ in
                let socket = try RawSocket(port: served.port)
                try socket.send(Self.head(token, length: 8 << 20))
                return socket
            }
            // Until all sixteen have been looked at.
            _ = holding.last?.receive(milliseconds: 500)
            let late = try RawSocket(port: served.port)
            try late.send(Self.head(token, length: 8 << 20))
            let refused = late.answer(milliseconds: 5_000)
            for socket in holding { socket.close() }
            return refused
        }
        #expect(answers.hasPrefix("HTTP/1.1 429 ") && answers.contains("Retry-After: 1"), "\(answers)")
        let isFree = try await served.wait(.seconds(10)) {
            try await served.say(Said.fell("after", from: "device/a"), token).status < 300
        }
        #expect(isFree)
        try await served.stopWell()
    }

    @Test func clientsThatNeverReadHoldUpNobody() async throws {
        let store = try await Store(devices: "device/a")
        let served = try await Served(store)
        let token = try store.token("device/a")
        // More events than the buffers between the two hold.
        let facts = (0..<8_000).map { Said.heartbeat("\($0)", from: "device/a") }
        #expect(try await served.say(batch: facts, token).status == 200)
        let port = served.port
        // A stream, and pages asked for in one go.
        let requests = [
            "GET /events?from=0 HTTP/1.1\r\nHost: x\r\n\r\n",
            String(repeating: "GET / HTTP/1.1\r\nHost: x\r\n\r\n", count: 2_000),
            String(repeating: "GET /events?from=0 HTTP/1.1\r\nHost: x\r\n\r\n", count: 40),
        ]
        let silent = try await offPool {
            try requests.map { request in
                let socket = try RawSocket(port: port, receiveBuffer: 2_048)
                try socket.send(request)
                return socket
            }
        }
        for number in 0..<20 {
            let start = ContinuousClock.now
            #expect(try await served.say(Said.fell("x\(number)", from: "device/a"), token).status == 201)
            #expect(ContinuousClock.now - start < .seconds(3))
        }
        // Nor do they hold up the end for long: five seconds are what answers under way are given.
        let start = ContinuousClock.now
        try await served.stopWell()
        #expect(ContinuousClock.now - start < .seconds(9))
        for socket in silent { socket.close() }
        try await store.audited()
    }

    @Test func hugeHeadersAndGarbageAreRefused() async throws {
        let store = try await Store(devices: "device/a")
        let served = try await Served(store)
        let port = served.port
        let answers = try await offPool {
            try [
                "GET /healthz HTTP/1.1\r\nHost: x\r\nX-Big: \(String(repeating: "a", count: 200_000))\r\n\r\n",
                "GET /healthz HTTP/1.1\r\nHost: x\r\n"
                    + (0..<5_000).map { "X-\($0): y\r\n" }.joined() + "\r\n",
                "\u{0}\u{1}\u{2} nonsense\r\n\r\n",
                "POST /facts HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
                "POST /facts HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
                "POST /facts HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n",
            ].map { request in
                let socket = try RawSocket(port: port)
                try? socket.send(request)
                return socket.answer(milliseconds: 3_000)
            }
        }
        for answer in answers {
            #expect(answer.hasPrefix("HTTP/1.1 400 ") || answer.hasPrefix("HTTP/1.1 431 "), "\(answer)")
        }
        // Two requests written at once are answered in their order.
        let piped = try await offPool {
            let socket = try RawSocket(port: port)
            try socket.send(
                "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /facts/0 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            return socket.receive(milliseconds: 5_000)
        }
        #expect(piped.components(separatedBy: "HTTP/1.1 200 ").count == 3, "\(piped)")
        #expect(piped.contains("\"status\":\"ok\"") && piped.contains("district.founded"))
        #expect(try await served.get("/healthz").status == 200)
        try await served.stopWell()
    }

    @Test func unknownRoutesAndWrongMethodsAreToldInJSON() async throws {
        let store = try await Store()
        let served = try await Served(store)
        for path in [
            "/nope", "/facts/7/proofs", "/\(Store.name)/nope", "/status/../../Package.swift", "/status/no.js",
            "/log/other/checkpoint",
        ] {
            let answer = try await served.send("GET", path)
            #expect(answer.status == 404, "\(path)")
            #expect(answer.header("Content-Type") == "application/json; charset=utf-8", "\(path)")
            #expect(answer.error?.code == "not-found", "\(path)")
        }
        for (method, path, allowed) in [
            ("DELETE", "/facts", "POST"), ("GET", "/facts", "POST"), ("POST", "/status", "GET"),
            ("PUT", "/facts/0", "GET"),
            ("PATCH", "/\(Store.name)/events", "GET"),
        ] {
            let answer = try await served.send(method, path)
            #expect(answer.status == 405, "\(method) \(path)")
            #expect(answer.header("Allow") == allowed, "\(method) \(path)")
            #expect(answer.error == Wrong("method", "this route takes \(allowed) only"))
        }
        try await served.stopWell()
    }
}
