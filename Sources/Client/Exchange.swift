internal import NIOCore
internal import NIOHTTP1

/// A request in flight and what has come of its answer.
struct Exchange {
    let id: UInt64
    let wantsEvents: Bool
    let continuation: CheckedContinuation<Result<Answer, ClientError>, Never>
    var head: HTTPResponseHead?
    var body = ByteBuffer()
    /// Whether the last byte of the request has gone to the kernel. A server may answer before that.
    var isWritten = false

    init(id: UInt64, wantsEvents: Bool, continuation: CheckedContinuation<Result<Answer, ClientError>, Never>) {
        self.id = id
        self.wantsEvents = wantsEvents
        self.continuation = continuation
    }

    func answer(to head: HTTPResponseHead) -> Answer {
        Answer(
            status: Int(head.status.code),
            headers: head.headers.map { ($0.name, $0.value) },
            body: Array(body.readableBytesView))
    }
}
