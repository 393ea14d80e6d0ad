internal import FoundationEssentials
public import NIOCore

/// Speaks to a running Jianghan as one source, with its token. A value: copies share their connections, which are made when
/// needed and kept alive; concurrent requests use one each.
public struct JianghanClient: Sendable {
    /// The source's bearer token; nil for public routes and signed facts.
    public let token: String?
    let pool: ConnectionPool

    /// A client of the server at `base`, `http://host[:port][/prefix]`. Throws ``ClientError/badURL(_:)``; connects later.
    ///
    /// - Parameter group: the event loops to run on; nil for the process's shared ones.
    public init(
        base: String, token: String? = nil, on group: (any EventLoopGroup)? = nil, limits: Limits = Limits()
    ) throws(ClientError) {
        self.init(token: token, pool: ConnectionPool(base: try BaseURL(base), group: group, limits: limits))
    }

    private init(token: String?, pool: ConnectionPool) {
        self.token = token
        self.pool = pool
    }

    /// The same server through the same connections, as another source.
    public func speaking(as token: String?) -> JianghanClient {
        JianghanClient(token: token, pool: pool)
    }

    /// Closes connections that wait idle. The client stays usable.
    public func closeIdleConnections() {
        pool.closeIdle()
    }

    /// Sends any request, below the base URL's prefix and with the token; returns the answer whatever its status.
    public func send(_ request: Request, timeout: Duration? = nil) async throws(ClientError) -> Answer {
        try await pool.send(prepared(request), timeout: timeout)
    }

    /// `GET path`, whatever the status.
    public func get(_ path: String) async throws(ClientError) -> Answer {
        try await send(Request("GET", path))
    }

    /// The server's status. Throws ``ClientError/rejected(status:code:message:)`` for another answer than 200.
    public func status() async throws(ClientError) -> Status {
        let answer = try await get("/status")
        guard answer.status == 200 else { throw answer.rejection }
        do {
            return try JSONDecoder().decode(Status.self, from: Data(answer.body))
        } catch {
            throw .malformedAnswer("status: \(error)")
        }
    }

    /// The newest checkpoint, a signed note (C2SP tlog-checkpoint) as text.
    ///
    /// - Parameter district: its name in routes; nil asks the status for it.
    public func checkpoint(of district: String? = nil) async throws(ClientError) -> String {
        let name: String
        if let district { name = district } else { name = try await status().district }
        let answer = try await get("/log/\(name)/checkpoint")
        guard answer.status == 200 else { throw answer.rejection }
        return answer.text
    }

    /// The live events on a connection of their own.
    ///
    /// - Parameters:
    ///   - index: the first fact to tell of; nil for those to come.
    ///   - lastEventID: the `id` of the last event received, to resume behind it; goes before `index`.
    public func events(from index: UInt64? = nil, after lastEventID: String? = nil) async throws(ClientError)
        -> EventStream
    {
        var request = Request("GET", index.map { "/events?from=\($0)" } ?? "/events")
        request.headers.append(("Accept", "text/event-stream"))
        if let lastEventID { request.headers.append(("Last-Event-ID", lastEventID)) }
        return try await pool.connect().events(prepared(request))
    }

    private func prepared(_ request: Request) -> Request {
        var request = request
        if !pool.base.prefix.isEmpty { request.path = pool.base.prefix + request.path }
        if let token { request.headers.append(("Authorization", "Bearer \(token)")) }
        return request
    }
}
