import Client
import Facts
import Synchronization
import Testing

/// What `/openapi.json` says may be answered; the same in every server of one build, so it is asked for once.
actor Description {
    static let shared = Description()

    /// Statuses by method and path template.
    private var statuses: [String: [(template: [Substring], statuses: Set<Int>)]]?

    /// Holds that a status is documented for the route. A route that the description does not name is not judged.
    func check(_ status: Int, _ method: String, _ path: String, of served: Served) async throws {
        if statuses == nil { statuses = Self.read(try await served.client.get("/openapi.json").json) }
        guard let documented = statuses?[method]?.first(where: { Self.matches($0.template, path) }) else { return }
        #expect(documented.statuses.contains(status), "\(method) \(path) answered \(status), which is not documented")
    }

    private static func read(_ json: JSONValue) -> [String: [(template: [Substring], statuses: Set<Int>)]] {
        var all: [String: [(template: [Substring], statuses: Set<Int>)]] = [:]
        for path in json["paths"]?.members ?? [] {
            for operation in path.value.members ?? [] {
                let statuses = (operation.value["responses"]?.members ?? []).compactMap { Int($0.name) }
                all[operation.name.uppercased(), default: []].append((path.name.split(separator: "/"), Set(statuses)))
            }
        }
        return all
    }

    /// `{resource}` at the end stands for a path with slashes.
    private static func matches(_ template: [Substring], _ path: String) -> Bool {
        var parts = path.prefix { $0 != "?" }.split(separator: "/")
        if parts.first == "\(Store.name)" { parts.removeFirst() }
        if template.last == "{resource}" { return parts.count >= template.count && parts.first == template.first }
        return parts.count == template.count && zip(template, parts).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
    }
}
