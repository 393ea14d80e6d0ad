public import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import Synchronization

/// One HTTP/1.1 connection, kept alive, without TLS. One request is in flight at a time; whether to connect again after a
/// failure is the caller's decision. It closes when the last reference goes.
public final class Connection: Sendable {
    private let channel: any Channel
    private let handler: NIOLoopBound<ExchangeHandler>
    private let limits: Limits
    private let lastID = Atomic<UInt64>(0)

    private init(channel: any Channel, handler: ExchangeHandler, limits: Limits) {
        self.channel = channel
        self.handler = NIOLoopBound(handler, eventLoop: channel.eventLoop)
        self.limits = limits
    }

    deinit {
        channel.close(promise: nil)
    }

    /// Connects to a host, by name or address. Throws ``ClientError/cannotConnect(_:)``.
    ///
    /// - Parameter group: the event loops to run on; nil for the process's shared ones.
    public static func connect(
        host: String, port: Int, on group: (any EventLoopGroup)? = nil, limits: Limits = Limits()
    ) async throws(ClientError) -> Connection {
        let authority = (host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host) + ":\(port)"
        do {
            return try await ClientBootstrap(group: group ?? MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(TimeAmount(limits.connectTimeout))
                .connect(host: host, port: port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let handler = ExchangeHandler(authority: authority, limits: limits)
                        try channel.pipeline.syncOperations.addHTTPClientHandlers()
                        try channel.pipeline.syncOperations.addHandler(handler)
                        return Connection(channel: channel, handler: handler, limits: limits)
                    }
                }
        } catch {
            throw .cannotConnect("\(authority): \(error)")
        }
    }

    /// Whether it can take a request. It may still break before the next one.
    public var isOpen: Bool { channel.isActive }

    /// Closes it; a request in flight fails.
    public func close() {
        channel.close(promise: nil)
    }

    /// Sends a request and returns its whole answer, whatever the status.
    ///
    /// A cancelled task closes the connection, as does every error except ``ClientError/inUse`` and
    /// ``ClientError/badRequest(_:)``.
    ///
    /// - Parameter timeout: from now to the end of the answer; nil for the connection's limit.
    public func send(_ request: Request, timeout: Duration? = nil) async throws(ClientError) -> Answer {
        try await exchange(request, timeout: timeout ?? limits.answerTimeout, wantsEvents: false)
    }

    /// Sends a request that a stream of events answers. From then on the connection serves that stream alone.
    /// An answer other than 200 is thrown as ``ClientError/rejected(status:code:message:)``.
    public func events(_ request: Request) async throws(ClientError) -> EventStream {
        let answer = try await exchange(request, timeout: limits.answerTimeout, wantsEvents: true)
        guard answer.status == 200 else { throw answer.rejection }
        return EventStream(connection: self)
    }

    private func exchange(
        _ request: Request, timeout: Duration, wantsEvents: Bool
    ) async throws(ClientError) -> Answer {
        try request.validate()
        if Task.isCancelled { throw .cancelled(mayHaveBeenProcessed: false) }
        let id = lastID.wrappingAdd(1, ordering: .relaxed).newValue
        let handler = handler
        let loop = channel.eventLoop
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                loop.execute {
                    handler.value.begin(
                        Exchange(id: id, wantsEvents: wantsEvents, continuation: continuation),
                        request, timeout: TimeAmount(timeout))
                }
            }
        } onCancel: {
            loop.execute { handler.value.cancel(id: id) }
        }
        return try result.get()
    }

    /// The events that wait, at least one; empty when the stream has ended.
    func nextEvents() async throws(ClientError) -> [ServerSentEvent] {
        if Task.isCancelled { throw .cancelled(mayHaveBeenProcessed: true) }
        let handler = handler
        let loop = channel.eventLoop
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                loop.execute { handler.value.takeEvents(continuation) }
            }
        } onCancel: {
            loop.execute { handler.value.cancelEvents() }
        }
        return try result.get()
    }
}
