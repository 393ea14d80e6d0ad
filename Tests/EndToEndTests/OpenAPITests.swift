import Client
import Facts
import Foundation
import Testing

/// The description is valid, and every path in it answers as it says.
@Suite(.turn) struct OpenAPITests {
    private static func hasValidator() async -> Bool {
        guard let python = Place.tool("python3") else { return false }
        return (try? await run(python, ["-c", "import openapi_spec_validator"]))?.status == 0
    }

    @Test(.enabled("python3 or openapi-spec-validator is missing") { await hasValidator() })
    func isValidOpenAPI31() async throws {
        let store = try await Store()
        let served = try await Served(store)
        let answer = try await served.get("/openapi.json")
        #expect(answer.status == 200)
        #expect(answer.header("Content-Type") == "application/json; charset=utf-8")
        #expect(answer.json["openapi"]?.string == "3.1.0")
        let file = try store.folder.write(answer.text, to: "openapi.json")
        let script =
            "import json, sys; from openapi_spec_validator import OpenAPIV31SpecValidator as V; "
            + "e = [str(x) for x in V(json.load(open(sys.argv[1]))).iter_errors()]; print(e); sys.exit(len(e) > 0)"
        let ran = try await run(try #require(Place.tool("python3")), ["-c", script, file])
        #expect(ran.status == 0, "\(ran.all)")
        try await served.stopWell()
    }

    @Test func everyPathAnswersAsDescribed() async throws {
        let store = try await Store(devices: "device/a")
        let served = try await Served(store)
        let token = try store.token("device/a")
        let description = try await served.get("/openapi.json").json
        let posted = try await served.say(Said.fell("1", from: "device/a"), token)
        let index = try #require(posted.json["index"]?.integer)
        let isCovered = try await served.wait { try await served.get("/facts/\(index)/proof").status == 200 }
        #expect(isCovered)

        let paths = try #require(description["paths"]?.members)
        #expect(paths.count >= 9)
        for path in paths {
            for operation in path.value.members ?? [] {
                for prefix in ["", "/\(Store.name)"] {
                    try await call(
                        operation.name.uppercased(), path.name, operation.value, prefix: prefix, index: index, token,
                        served,
                        schemas: description["components"]?["schemas"] ?? .null)
                }
            }
        }
        try await served.stopWell()
    }

    /// Calls a path with good parameters: the success that it names, of the type that it names, with the members that
    /// its schema requires.
    private func call(
        _ method: String, _ template: String, _ operation: JSONValue, prefix: String, index: Int64, _ token: String,
        _ served: Served, schemas: JSONValue
    ) async throws {
        let path =
            prefix
            + template.replacingOccurrences(of: "{index}", with: "\(index)")
            .replacingOccurrences(of: "{district}", with: Store.name).replacingOccurrences(
                of: "{resource}", with: "checkpoint")
        let responses = try #require(operation["responses"]?.members)
        let status: Int
        let type: String
        let body: JSONValue
        if responses.contains(where: { $0.value["content"]?["text/event-stream"] != nil }) {
            let port = served.port
            let head = try await offPool {
                let socket = try RawSocket(port: port)
                try socket.send("\(method) \(path) HTTP/1.1\r\nHost: x\r\n\r\n")
                return socket.receive(milliseconds: 5_000) { $0.contains("\r\n\r\n") }
            }
            status = Int(head.split(separator: " ").dropFirst().first ?? "") ?? 0
            let line = head.components(separatedBy: "\r\n").first { $0.lowercased().hasPrefix("content-type:") }
            type = line?.dropFirst(13).trimmingCharacters(in: .whitespaces) ?? ""
            body = .null
        } else {
            let answer = try await served.send(
                method, path, token: token, type: method == "POST" ? "application/cloudevents+json" : nil,
                body: method == "POST" ? Said.fell("described\(prefix)", from: "device/a") : [])
            (status, type, body) = (answer.status, answer.header("Content-Type") ?? "", answer.json)
        }
        let documented = try #require(
            responses.first { $0.name == "\(status)" }, "\(method) \(path) answered \(status)")
        #expect((200..<300).contains(status), "\(method) \(path)")
        let content = try #require(documented.value["content"]?.members?.first)
        #expect(type.hasPrefix(content.name), "\(method) \(path): \(type) is not \(content.name)")
        let schema = content.value["schema"]?["$ref"]?.string?.split(separator: "/").last
        for required in schema.flatMap({ schemas[String($0)]?["required"]?.elements }) ?? [] {
            #expect(body[required.string ?? ""] != nil, "\(method) \(path): no \(required)")
        }
    }
}
