import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A request as the stub saw it.
struct StubRequest: Sendable {
    let method: String
    let path: String
    let headers: HTTPHeaders
    let body: [UInt8]
    /// Which connection it came on, and as which request there; both from 1.
    let connection: Int
    let number: Int

    var text: String { String(decoding: body, as: UTF8.self) }

    func header(_ name: String) -> [String] { headers[name] }
}

/// What the stub does in answer, byte for byte.
enum StubStep: Sendable {
    case write(String)
    case pause(milliseconds: Int64)
    case close
}

/// A complete answer with a length.
func answer(_ status: String, _ headers: String = "", _ body: String = "") -> [StubStep] {
    let extra = headers.isEmpty ? "" : headers + "\r\n"
    return [.write("HTTP/1.1 \(status)\r\n\(extra)Content-Length: \(body.utf8.count)\r\n\r\n\(body)")]
}

/// A server on a port of its own that parses requests properly and answers with whatever bytes a test wants.
final class StubServer: Sendable {
    typealias Respond = @Sendable (StubRequest) -> [StubStep]

    private let respond: Respond
    private let seen = Mutex<[StubRequest]>([])
    private let connections = Atomic<Int>(0)
    private let boundPort = Atomic<Int>(0)

    var base: String { "http://127.0.0.1:\(port)" }
    var port: Int { boundPort.load(ordering: .sequentiallyConsistent) }
    var requests: [StubRequest] { seen.withLock { $0 } }

    private init(_ respond: @escaping Respond) {
        self.respond = respond
    }

    /// Listens while the body runs.
    static func run<Result>(
        port: Int = 0, _ respond: @escaping Respond, _ body: (StubServer) async throws -> Result
    ) async throws -> Result {
        let server = StubServer(respond)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(HTTPRequestDecoder()))
                    try channel.pipeline.syncOperations.addHandler(StubHandler(server))
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        server.boundPort.store(channel.localAddress?.port ?? 0, ordering: .sequentiallyConsistent)
        do {
            let result = try await body(server)
            try? await channel.close()
            return result
        } catch {
            try? await channel.close()
            throw error
        }
    }

    /// Waits until a request has come in.
    func waitForRequest() async throws {
        while requests.isEmpty { try await Task.sleep(for: .milliseconds(2)) }
    }

    fileprivate func nextConnection() -> Int {
        connections.wrappingAdd(1, ordering: .sequentiallyConsistent).newValue
    }

    fileprivate func steps(for request: StubRequest) -> [StubStep] {
        seen.withLock { $0.append(request) }
        return respond(request)
    }
}

private final class StubHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    private let server: StubServer
    private let connection: Int
    private var number = 0
    private var head: HTTPRequestHead?
    private var body = ByteBuffer()

    init(_ server: StubServer) {
        self.server = server
        connection = server.nextConnection()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body.clear()
        case .body(let part):
            body.writeImmutableBuffer(part)
        case .end:
            guard let head else { return }
            number += 1
            let request = StubRequest(
                method: head.method.rawValue, path: head.uri, headers: head.headers,
                body: Array(body.readableBytesView), connection: connection, number: number)
            perform(server.steps(for: request)[...], context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func perform(_ steps: ArraySlice<StubStep>, _ context: ChannelHandlerContext) {
        guard let step = steps.first else { return }
        let rest = steps.dropFirst()
        switch step {
        case .write(let text):
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
            perform(rest, context)
        case .pause(let milliseconds):
            _ = context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(milliseconds)) {
                self.perform(rest, context)
            }
        case .close:
            context.close(promise: nil)
        }
    }
}
