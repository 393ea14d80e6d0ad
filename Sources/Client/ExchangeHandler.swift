internal import NIOCore
internal import NIOHTTP1

/// One exchange after the other on a channel; lives on its event loop alone.
final class ExchangeHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias InboundOut = Never
    typealias OutboundIn = Never
    typealias OutboundOut = HTTPClientRequestPart

    private let authority: String
    private let limits: Limits
    private var context: ChannelHandlerContext?
    private var exchange: Exchange?
    private var flow: EventFlow?
    private var timer: Scheduled<Void>?
    /// Why nothing more can be sent; set once.
    private var failure: ClientError?
    /// A request whose task was cancelled before it came here.
    private var cancelledID: UInt64 = 0
    /// Ids rise, so what is at most this one has had its answer and its late cancellation concerns nobody.
    private var lastFinishedID: UInt64 = 0
    private var heldRead = false

    init(authority: String, limits: Limits) {
        self.authority = authority
        self.limits = limits
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        fail(.closed(mayHaveBeenProcessed: exchange != nil))
        self.context = nil
    }

    // MARK: Called by the connection, on the event loop

    func begin(_ exchange: Exchange, _ request: Request, timeout: TimeAmount) {
        let reason = reasonNotToSend(exchange.id)
        guard reason == nil, let context else {
            lastFinishedID = max(lastFinishedID, exchange.id)
            exchange.continuation.resume(returning: .failure(reason ?? .closed(mayHaveBeenProcessed: false)))
            return
        }
        self.exchange = exchange
        var headers = HTTPHeaders()
        headers.reserveCapacity(request.headers.count + 2)
        headers.add(name: "Host", value: authority)
        for header in request.headers { headers.add(name: header.name, value: header.value) }
        // Without a length NIO would send a chunked body for POST.
        if !request.body.isEmpty || request.method != "GET" {
            headers.add(name: "Content-Length", value: String(request.body.count))
        }
        let head = HTTPRequestHead(
            version: .http1_1, method: HTTPMethod(rawValue: request.method), uri: request.path, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if !request.body.isEmpty {
            let body = context.channel.allocator.buffer(bytes: request.body)
            context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        }
        let id = exchange.id
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenSuccess {
            if self.exchange?.id == id { self.exchange?.isWritten = true }
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: written)
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: timeout) {
            if self.exchange?.id == id { self.fail(.timedOut(mayHaveBeenProcessed: true)) }
        }
    }

    private func reasonNotToSend(_ id: UInt64) -> ClientError? {
        if let failure {
            // What an earlier request met is no news about this one: it was not sent.
            switch failure {
            case .cancelled where cancelledID == id: return .cancelled(mayHaveBeenProcessed: false)
            default: return .closed(mayHaveBeenProcessed: false)
            }
        }
        guard let context, context.channel.isActive else { return .closed(mayHaveBeenProcessed: false) }
        return exchange == nil && flow == nil ? nil : .inUse
    }

    func cancel(id: UInt64) {
        if exchange?.id == id {
            fail(.cancelled(mayHaveBeenProcessed: true))
        } else if exchange == nil, flow == nil, id > cancelledID, id > lastFinishedID {
            cancelledID = id
            fail(.cancelled(mayHaveBeenProcessed: false))
        }
    }

    func takeEvents(_ waiter: EventFlow.Waiter) {
        guard flow != nil, flow?.waiter == nil else {
            waiter.resume(returning: .failure(.inUse))
            return
        }
        flow?.waiter = waiter
        flow?.deliver()
        if heldRead, flow?.isFull == false {
            heldRead = false
            context?.read()
        }
    }

    func cancelEvents() {
        fail(.cancelled(mayHaveBeenProcessed: true))
    }

    // MARK: Called by the channel

    func read(context: ChannelHandlerContext) {
        if flow?.isFull == true {
            heldRead = true
        } else {
            context.read()
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): received(head)
        case .body(let buffer): received(buffer)
        case .end: receivedEnd()
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(.closed(mayHaveBeenProcessed: exchange != nil || flow != nil))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error as? HTTPParserError {
        case nil, .invalidEOFState: fail(.closed(mayHaveBeenProcessed: exchange != nil || flow != nil))
        case let parser?: fail(.malformedAnswer(String(describing: parser)))
        }
    }

    private func received(_ head: HTTPResponseHead) {
        guard let exchange else {
            fail(.malformedAnswer("an answer without a request"))
            return
        }
        if exchange.wantsEvents, head.status == .ok {
            flow = EventFlow(limit: limits.eventBytes)
            finish(exchange, .success(exchange.answer(to: head)))
            watchSilence()
            return
        }
        self.exchange?.head = head
        if let length = head.headers.first(name: "Content-Length").flatMap(Int.init), length > limits.answerBytes {
            fail(.answerTooLarge(limit: limits.answerBytes))
        }
    }

    private func received(_ buffer: ByteBuffer) {
        if flow != nil, flow?.outcome == nil {
            flow?.lastRead = .now()
            do throws(ClientError) {
                let events = try flow?.parser.feed(buffer.readableBytesView) ?? []
                flow?.ready.append(contentsOf: events)
                flow?.deliver()
            } catch {
                fail(error)
            }
            return
        }
        guard let size = exchange?.body.readableBytes else { return }
        guard size + buffer.readableBytes <= limits.answerBytes else {
            fail(.answerTooLarge(limit: limits.answerBytes))
            return
        }
        if size == 0 {
            exchange?.body = buffer
        } else {
            exchange?.body.writeImmutableBuffer(buffer)
        }
    }

    private func receivedEnd() {
        if flow != nil {
            flow?.end(.success(()))
            fail(.closed(mayHaveBeenProcessed: true))
            return
        }
        guard let exchange, let head = exchange.head else { return }
        // An answer before the end of the request leaves the rest of it in the way of the next one.
        let staysOpen = head.isKeepAlive && exchange.isWritten
        finish(
            exchange, .success(exchange.answer(to: head)),
            closingFor: staysOpen ? nil : .closed(mayHaveBeenProcessed: false))
    }

    // MARK: Ends

    /// Closing calls `channelInactive` before it returns, so the exchange goes first; the caller is told last, so that it
    /// finds the connection closed.
    private func finish(
        _ exchange: Exchange, _ result: Result<Answer, ClientError>, closingFor reason: ClientError? = nil
    ) {
        timer?.cancel()
        timer = nil
        self.exchange = nil
        lastFinishedID = max(lastFinishedID, exchange.id)
        if let reason {
            failure = failure ?? reason
            context?.close(promise: nil)
        }
        exchange.continuation.resume(returning: result)
    }

    private func fail(_ error: ClientError) {
        if let exchange {
            finish(exchange, .failure(error), closingFor: error)
            return
        }
        timer?.cancel()
        timer = nil
        failure = failure ?? error
        flow?.end(.failure(error))
        context?.close(promise: nil)
        flow?.deliver()
    }

    /// Looks once per period instead of moving a timer with every read.
    private func watchSilence() {
        let limit = TimeAmount(limits.eventSilence)
        guard let context, let last = flow?.lastRead, flow?.outcome == nil else { return }
        let due = last + limit
        // While the reader holds the socket back, silence is its own.
        if NIODeadline.now() >= due, !heldRead {
            fail(.timedOut(mayHaveBeenProcessed: true))
            return
        }
        let next = heldRead ? .now() + limit : due
        timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: next) { self.watchSilence() }
    }
}
