import Facts
import HTTPTypes
import Hummingbird
import NIOCore
import Operations
import ServiceLifecycle
import Storage
import Synchronization

/// `GET /events`: new facts as server-sent events, resumable by index.
///
/// Nothing is buffered for a client: it is fed from the log at its own pace, so a slow one costs only itself, and none
/// ever misses a fact it did not ask to miss.
struct EventsEndpoint: Sendable {
    let context: ServerContext

    /// Facts read from the log at once.
    private static let chunk: UInt64 = 256
    /// A reader that asked for a lossy stream and is this far behind is brought to the end.
    private static let lossyLag: UInt64 = 512
    /// A client that reads nothing for so long is cut off at the end of its stream.
    private static let endPatience = Duration.seconds(1)
    /// A comment this often keeps proxies from closing a quiet stream.
    private static let keepAlive = Duration.seconds(15)

    /// Streams at once; each may be fed from anywhere in the log.
    private static let maximumStreams = 128

    func get(_ request: Request, _: BasicRequestContext) async throws -> Response {
        guard context.metrics.streams.load(ordering: .relaxed) < Self.maximumStreams else {
            return Answer.error(
                .serviceUnavailable, code: "busy",
                message: "\(Self.maximumStreams) event streams are open; come back later")
        }
        let size = context.district.published.head.size
        let next: UInt64
        if let name = HTTPField.Name("Last-Event-ID"), let last = request.headers[name], !last.isEmpty {
            guard let index = Self.index(last) else { return Self.badIndex("Last-Event-ID") }
            next = index + 1
        } else if let from = request.uri.queryParameters.get("from") {
            guard let index = Self.index(from) else { return Self.badIndex("from") }
            next = index
        } else {
            next = size
        }
        let isLossy = request.uri.queryParameters.get("lossy") == "1"
        let context = context
        let body = ResponseBody { writer in
            context.metrics.streams.add(1, ordering: .relaxed)
            defer { context.metrics.streams.subtract(1, ordering: .relaxed) }
            // An open stream would hold up a shutdown for ever; the client comes back and resumes. One whose client has
            // left would stay until the next write.
            let output = Output(writer)
            try? await cancelWhenGracefulShutdown {
                try await request.body.consumeWithCancellationOnInboundClose { _ in
                    try await Self.feed(output, context: context, from: next, isLossy: isLossy)
                }
            }
            try await output.finish()
        }
        return Response(
            status: .ok,
            headers: [.contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-store"], body: body)
    }

    /// An index that a log can have: it stands in SQLite as a signed number, and one more must be one still.
    private static func index(_ text: some StringProtocol) -> UInt64? {
        UInt64(text).flatMap { $0 < UInt64(Int64.max) ? $0 : nil }
    }

    private static func badIndex(_ field: String) -> Response {
        Answer.error(.badRequest, code: "attribute", message: "\(field): must be an index, an integer from 0")
    }

    private static func feed(
        _ output: Output, context: ServerContext, from start: UInt64, isLossy: Bool
    ) async throws {
        try await output.write(ByteBuffer(string: "retry: 2000\n\n"))
        var next = start
        let published = context.district.published
        while !Task.isCancelled {
            let size = published.head.size
            if isLossy, size > next, size - next > lossyLag {
                let end = size - 20
                try await output.write(
                    ByteBuffer(string: "event: skipped\ndata: {\"from\":\(next),\"to\":\(end - 1)}\n\n"))
                next = end
            }
            let facts = try context.log.facts(from: next, limit: chunk)
            guard !facts.isEmpty else {
                if try await !grew(published, beyond: max(size, next)) { return }
                if published.head.size <= next { try await output.write(ByteBuffer(string: ": still here\n\n")) }
                continue
            }
            var buffer = ByteBuffer()
            for fact in facts {
                write(fact, at: next, to: &buffer)
                next += 1
            }
            try await output.write(buffer)
        }
    }

    /// Waits for growth, at most as long as a quiet stream may be; false when the district stops.
    private static func grew(_ published: Published, beyond size: UInt64) async throws -> Bool {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask { await published.grown(beyond: size) }
            group.addTask {
                try await Task.sleep(for: keepAlive)
                return true
            }
            defer { group.cancelAll() }
            return try await group.next() ?? false
        }
    }

    private static func write(_ fact: StoredFact, at index: UInt64, to buffer: inout ByteBuffer) {
        // What is in the log was read by the same rules before it came there.
        let body = (try? JSONValue(parsing: fact.body)) ?? .object([])
        var members: [JSONValue.Member] = [
            .init("index", .integer(Int64(index))), .init("received", .string(Timestamp.format(fact.received))),
        ]
        for name in ["type", "source", "subject", "time"] {
            if let value = body[name] { members.append(.init(name, value)) }
        }
        buffer.writeString("id: \(index)\nevent: fact\ndata: ")
        buffer.writeBytes(JSONValue.object(members).text)
        buffer.writeString("\n\n")
    }

    /// The writer of one response, which only its own stream uses, one write after the other.
    private final class Output: @unchecked Sendable {
        private var writer: any ResponseBodyWriter

        init(_ writer: any ResponseBodyWriter) { self.writer = writer }

        func write(_ buffer: ByteBuffer) async throws { try await writer.write(buffer) }

        /// Ends the answer. Where the client does not read, this throws, and the connection is closed.
        func finish() async throws {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await self.writer.finish(nil) }
                group.addTask {
                    try await Task.sleep(for: endPatience)
                    throw CancellationError()
                }
                defer { group.cancelAll() }
                try await group.next()
            }
        }
    }
}
