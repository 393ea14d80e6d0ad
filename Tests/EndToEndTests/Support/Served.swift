import Client
import Facts
import Foundation
import Glibc
import Testing

/// A running `jianghan serve`, on a port of its own.
final class Served: Sendable {
    let child: Child
    /// `http://127.0.0.1:PORT`
    let url: String
    let client: JianghanClient

    /// Starts it, and waits until it listens.
    init(_ store: Store, _ more: String...) async throws {
        let arguments = ["serve", "--store", store.path, "--listen", "127.0.0.1:0"] + more
        child = try Child(Place.program, arguments)
        url = try await Self.address(of: child)
        client = try JianghanClient(base: url)
    }

    /// The address that a server says it listens on, as soon as it does.
    static func address(of child: Child, behind mark: String = "listening on ") async throws -> String {
        let last = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < last {
            let output = child.output
            if let said = output.range(of: mark), let end = output[said.upperBound...].firstIndex(of: "\n") {
                return output[said.upperBound..<end].trimmingCharacters(in: CharacterSet(charactersIn: " /"))
            }
            if child.poll() != nil { break }
            try await Task.sleep(for: Child.look)
        }
        throw Child.StillRunning(seconds: .seconds(30), output: child.output, errors: child.errors)
    }

    var port: UInt16 { UInt16(url.split(separator: ":").last ?? "") ?? 0 }

    /// Asks it to stop, and waits for its end.
    @discardableResult
    func stop(_ signal: Int32 = SIGTERM) async throws -> Child.Ending {
        child.send(signal)
        return try await child.end()
    }

    /// Stops it and holds that everything went well.
    func stopWell(_ signal: Int32 = SIGTERM) async throws {
        let ending = try await stop(signal)
        #expect(ending == .exit(0), "\(child.errors)")
    }

    /// Sends a request; its status must be one that the description names for that route.
    func send(
        _ method: String, _ path: String, token: String? = nil, type: String? = nil, headers: [(String, String)] = [],
        body: [UInt8] = []
    ) async throws -> Answer {
        var all = headers
        if let type { all.append(("Content-Type", type)) }
        if let token { all.append(("Authorization", "Bearer \(token)")) }
        let answer = try await client.send(
            Request(method, path, headers: all.map { (name: $0.0, value: $0.1) }, body: body))
        try await Description.shared.check(answer.status, method, path, of: self)
        return answer
    }

    func get(_ path: String) async throws -> Answer { try await send("GET", path) }

    /// Posts one fact.
    func say(_ fact: [UInt8], _ token: String?) async throws -> Answer {
        try await send("POST", "/facts", token: token, type: "application/cloudevents+json", body: fact)
    }

    /// Posts a batch.
    func say(batch facts: [[UInt8]], _ token: String?) async throws -> Answer {
        try await send(
            "POST", "/facts", token: token, type: "application/cloudevents-batch+json", body: Said.batch(facts))
    }

    /// The value of a metric without labels.
    func metric(_ name: String) async throws -> Double? {
        let line = try await get("/metrics").text.split(separator: "\n").first { $0.hasPrefix("jianghan_\(name) ") }
        return line?.split(separator: " ").last.flatMap { Double($0) }
    }

    /// Waits until something about it holds.
    func wait(_ limit: Duration = .seconds(30), until holds: () async throws -> Bool) async throws -> Bool {
        let last = ContinuousClock.now + limit
        while ContinuousClock.now < last {
            if try await holds() { return true }
            try await Task.sleep(for: .milliseconds(20))
        }
        return false
    }
}

extension Answer {
    var json: JSONValue { (try? JSONValue(parsing: body)) ?? .null }

    /// The code, field and rule of an error, or of one element of a batch's answer.
    var error: Wrong? { json["error"].map(Wrong.init) }
}

/// What an answer says was wrong.
struct Wrong: Equatable, Sendable, CustomStringConvertible {
    let code: String
    let message: String

    init(_ code: String, _ message: String) {
        self.code = code
        self.message = message
    }

    init(_ json: JSONValue) { self.init(json["code"]?.string ?? "", json["message"]?.string ?? "") }

    var description: String { "\(code) – \(message)" }
}
