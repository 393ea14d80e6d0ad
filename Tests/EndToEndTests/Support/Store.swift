import Facts
import Foundation
import Testing

/// A district that was made for one test, in a folder of its own.
struct Store: Sendable {
    let folder: Folder
    let path: String
    /// Tokens by source.
    private(set) var tokens: [String: String] = [:]

    static let name = "probe"

    /// Makes the district and lets in devices.
    init(devices: String...) async throws {
        folder = try Folder()
        path = folder.file("probe.sqlite")
        let made = try await jianghan("district", "new", "--name", Self.name, "--store", path)
        try #require(made.status == 0, "\(made.all)")
        for device in devices { try await add(device) }
    }

    /// Lets a source in; returns its token, or nothing where it only signs.
    @discardableResult
    mutating func add(_ source: String, role: String = "device", _ more: String...) async throws -> String {
        let arguments = ["source", "add", source, "--role", role, "--store", path] + more
        let added = try await run(Place.program, arguments)
        try #require(added.status == 0, "\(added.all)")
        let token = added.output.trimmingCharacters(in: .whitespacesAndNewlines)
        tokens[source] = token
        return token
    }

    func token(_ source: String) throws -> String { try #require(tokens[source]) }

    /// The whole log, by `log show`.
    func facts() async throws -> [ShownFact] {
        let shown = try await jianghan("log", "show", "--json", "--store", path)
        try #require(shown.status == 0, "\(shown.errors)")
        return try shown.output.utf8.split(separator: UInt8(ascii: "\n")).map { try ShownFact(Array($0)) }
    }

    /// The audit's report, which must find nothing.
    @discardableResult
    func audited() async throws -> JSONValue {
        let audit = try await jianghan("audit", "--json", "--store", path)
        #expect(audit.status == 0, "\(audit.all)")
        return try JSONValue(parsing: Array(audit.output.utf8))
    }

    /// The digest of the state, folded by a process of its own.
    func replayed(by program: String = Place.program, _ more: String...) async throws -> String {
        let replay = try await run(program, ["replay", "--json", "--store", path] + more)
        try #require(replay.status == 0, "\(replay.all)")
        return try #require(JSONValue(parsing: Array(replay.output.utf8))["digest"]?.string)
    }
}

/// A line of `log show --json`.
struct ShownFact: Sendable {
    let index: UInt64
    /// Milliseconds since 1970 UTC.
    let received: Int64
    let fact: JSONValue

    init(_ line: [UInt8]) throws {
        let value = try JSONValue(parsing: line)
        index = UInt64(try #require(value["index"]?.integer))
        received = try #require(Timestamp.parse(Array((value["received"]?.string ?? "").utf8)))
        fact = try #require(value["fact"])
    }

    var id: String { fact["id"]?.string ?? "" }
    var source: String { fact["source"]?.string ?? "" }
    var type: String { fact["type"]?.string ?? "" }
    var subject: String { fact["subject"]?.string ?? "" }
    var data: JSONValue { fact["data"] ?? .null }
}

/// The bytes of facts that devices send.
enum Said {
    static let time = "2026-05-04T08:00:00Z"

    static func fell(_ id: String, from source: String, floor: Int = 7, time: String = time) -> [UInt8] {
        Array(
            """
            {"specversion":"1.0","id":"\(id)","source":"\(source)","type":"object.fell","subject":"building/12",\
            "time":"\(time)","data":{"floor":\(floor),"confidence":0.9}}
            """.utf8)
    }

    static func heartbeat(_ id: String, from source: String) -> [UInt8] {
        Array(
            """
            {"specversion":"1.0","id":"\(id)","source":"\(source)","type":"device.heartbeat","subject":"\(source)",\
            "time":"\(time)","data":{"battery":80}}
            """.utf8)
    }

    static func batch(_ facts: [[UInt8]]) -> [UInt8] {
        [UInt8(ascii: "[")] + Array(facts.joined(separator: [UInt8(ascii: ",")])) + [UInt8(ascii: "]")]
    }
}
