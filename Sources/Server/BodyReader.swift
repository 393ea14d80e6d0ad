import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Operations
import Synchronization

/// Reads the whole body of a request, within limits of size and of time, and within what all requests together may hold.
final class BodyReader: Sendable {
    /// Why a body was not read; answered as it is.
    struct Failure: Error {
        let response: Response
    }

    /// Bytes that the bodies under way may have together: sixteen of the largest.
    private static let budgetBytes = 16 * Limits.requestBytes

    private let timeoutSeconds: Int
    private let underWay = Mutex(0)

    init(timeoutSeconds: Int) { self.timeoutSeconds = timeoutSeconds }

    /// Reads the body and hands it over; what it took of the budget is given back when the body of this call ends.
    func withBody<Result: Sendable>(
        of request: Request, _ body: ([UInt8]) async -> Result
    ) async throws(Failure) -> Result {
        let limit = Limits.requestBytes
        // A client that does not say how much will come may send the most.
        let announced = request.headers[.contentLength].flatMap(Int.init) ?? limit
        guard announced <= limit else { throw Self.tooLarge }
        let hasRoom = underWay.withLock { bytes in
            guard bytes + announced <= Self.budgetBytes else { return false }
            bytes += announced
            return true
        }
        guard hasRoom else {
            throw Failure(response: Answer.error(.busy(retryAfterSeconds: Limits.retryAfterSeconds)))
        }
        defer { underWay.withLock { $0 -= announced } }
        return await body(try await collect(request, limit: limit))
    }

    private func collect(_ request: Request, limit: Int) async throws(Failure) -> [UInt8] {
        let seconds = timeoutSeconds
        let read = await withTaskGroup(of: Result<[UInt8], Failure>?.self) { group in
            group.addTask {
                do {
                    var bytes: [UInt8] = []
                    for try await buffer in request.body {
                        guard bytes.count + buffer.readableBytes <= limit else { return .failure(Self.tooLarge) }
                        bytes += buffer.readableBytesView
                    }
                    return .success(bytes)
                } catch {
                    return .failure(
                        Failure(
                            response: Answer.error(.badRequest, code: "body", message: "the body could not be read")))
                }
            }
            group.addTask {
                try? await Task.sleep(for: .seconds(seconds))
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
                ?? .failure(
                    Failure(
                        response: Answer.error(
                            .requestTimeout, code: "timeout", message: "the body did not arrive within \(seconds) s")))
        }
        return try read.get()
    }

    private static var tooLarge: Failure {
        Failure(
            response: Answer.error(
                .contentTooLarge, code: "too-large", message: "a request has at most \(Limits.requestBytes) bytes"))
    }
}
