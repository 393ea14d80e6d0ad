import Foundation
import Glibc
import Synchronization

/// A socket that keeps to no rule. Its calls block, so they run on a thread of their own (`offPool`).
final class RawSocket: Sendable {
    struct Failed: Error { let call: String, code: Int32 }

    private let file: Int32
    private let isOpen = Mutex(true)

    init(port: UInt16, receiveBuffer: Int32? = nil) throws {
        file = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        if var size = receiveBuffer {
            setsockopt(file, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(file, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else { throw Failed(call: "connect", code: errno) }
    }

    deinit { close() }

    func close() {
        isOpen.withLock { isOpen in
            if isOpen { Glibc.close(file) }
            isOpen = false
        }
    }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(file, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failed(call: "send", code: errno) }
            sent += count
        }
    }

    /// What comes until something holds of it, the peer closes, or the time is over.
    func receive(milliseconds: Int, until holds: (String) -> Bool = { _ in false }) -> String {
        let last = ContinuousClock.now + .milliseconds(milliseconds)
        var bytes: [UInt8] = []
        while ContinuousClock.now < last {
            var place = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
            guard poll(&place, 1, 20) > 0 else { continue }
            var buffer = [UInt8](repeating: 0, count: 65_536)
            let count = recv(file, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            bytes += buffer[..<count]
            if holds(String(decoding: bytes, as: UTF8.self)) { break }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The answer to a request, head and body by its length, or what came of it.
    func answer(milliseconds: Int = 10_000) -> String {
        receive(milliseconds: milliseconds) { text in
            guard let end = text.utf8.firstRange(of: Array("\r\n\r\n".utf8))?.upperBound else { return false }
            let line = text.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
            let length = line.flatMap { Int($0.dropFirst(15).filter { $0 != " " }) } ?? 0
            return text.utf8[end...].count >= length
        }
    }

    /// Whether the peer closes within a time.
    func isClosedByPeer(milliseconds: Int) -> Bool {
        let last = ContinuousClock.now + .milliseconds(milliseconds)
        while ContinuousClock.now < last {
            var place = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
            guard poll(&place, 1, 20) > 0 else { continue }
            var buffer = [UInt8](repeating: 0, count: 65_536)
            if recv(file, &buffer, buffer.count, 0) <= 0 { return true }
        }
        return false
    }
}

/// Runs what blocks on a thread of its own: the cooperative pool has as many threads as the machine has cores.
func offPool<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
    }
}
