/// The events of one connection, in order, for one reader. It ends when the server ends the answer; a connection that breaks,
/// falls silent or sends too large an event throws. To resume, open another with the last event's `id`.
///
/// A slow reader holds the server back: beyond a thousand waiting events the connection is not read. Dropping the stream and
/// its iterator closes the connection.
public struct EventStream: AsyncSequence, Sendable {
    /// An event.
    public typealias Element = ServerSentEvent
    /// Why it broke.
    public typealias Failure = ClientError

    let connection: Connection

    /// Reads events one by one; they arrive in batches.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let connection: Connection
        private var batch: ArraySlice<ServerSentEvent> = []

        init(connection: Connection) {
            self.connection = connection
        }

        /// The next event; nil when the server has ended the stream.
        public mutating func next(isolation: isolated (any Actor)?) async throws(ClientError) -> ServerSentEvent? {
            if batch.isEmpty { batch = try await connection.nextEvents()[...] }
            return batch.popFirst()
        }
    }

    /// The only iterator: events are not repeated for a second one.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(connection: connection)
    }

    /// Closes the connection; the reader gets the rest and then an error.
    public func close() {
        connection.close()
    }
}
