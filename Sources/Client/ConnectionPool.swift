internal import NIOCore
internal import Synchronization

/// Idle connections to one server. There are as many connections as there are requests at the same time.
final class ConnectionPool: Sendable {
    /// Idle connections that are kept; more callers than this at a time reconnect now and then.
    private static let keptIdle = 32

    let base: BaseURL
    let limits: Limits
    private let group: (any EventLoopGroup)?
    private let idle = Mutex<[Connection]>([])

    init(base: BaseURL, group: (any EventLoopGroup)?, limits: Limits) {
        self.base = base
        self.group = group
        self.limits = limits
    }

    /// Sends on an idle connection or a new one. One that turns out to be closed before anything was sent is replaced; a
    /// request that may have been processed is never repeated here.
    func send(_ request: Request, timeout: Duration?) async throws(ClientError) -> Answer {
        while let connection = takeIdle() {
            do throws(ClientError) {
                return try await send(request, timeout: timeout, on: connection)
            } catch .closed(mayHaveBeenProcessed: false) {
                continue
            }
        }
        return try await send(request, timeout: timeout, on: connect())
    }

    func connect() async throws(ClientError) -> Connection {
        try await Connection.connect(host: base.host, port: base.port, on: group, limits: limits)
    }

    func closeIdle() {
        let connections = idle.withLock { idle in
            defer { idle = [] }
            return idle
        }
        for connection in connections { connection.close() }
    }

    private func send(
        _ request: Request, timeout: Duration?, on connection: Connection
    ) async throws(ClientError) -> Answer {
        let answer = try await connection.send(request, timeout: timeout)
        if connection.isOpen {
            idle.withLock { if $0.count < Self.keptIdle { $0.append(connection) } }
        }
        return answer
    }

    private func takeIdle() -> Connection? {
        idle.withLock { idle in
            while let connection = idle.popLast() {
                if connection.isOpen { return connection }
            }
            return nil
        }
    }
}
