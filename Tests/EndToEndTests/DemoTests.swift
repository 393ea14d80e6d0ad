import Client
import Foundation
import Glibc
import Testing

/// The demo lives within seconds, ends on Ctrl-C, and goes on with the same log.
@Suite(.turn) struct DemoTests {
    @Test func livesEndsAndGoesOn() async throws {
        let folder = try Folder()
        let store = folder.file("demo.sqlite")
        func start() async throws -> (child: Child, client: JianghanClient) {
            let child = try Child(
                Place.program, ["demo", "--store", store, "--listen", "127.0.0.1:0", "--speed", "200"])
            return (child, try JianghanClient(base: try await Served.address(of: child, behind: "open    ")))
        }
        func grow(_ client: JianghanClient, beyond size: UInt64) async throws -> UInt64 {
            let last = ContinuousClock.now + .seconds(20)
            while ContinuousClock.now < last {
                let now = try await client.status().size
                if now > size { return now }
                try await Task.sleep(for: .milliseconds(50))
            }
            return size
        }
        let begin = ContinuousClock.now
        let (first, client) = try await start()
        let founded = try await client.status()
        #expect(founded.simulated && founded.origin.hasPrefix("simulated."))
        let size = try await grow(client, beyond: founded.size + 20)
        #expect(size > founded.size + 20, "no facts flow: \(first.errors)")
        #expect(ContinuousClock.now - begin < .seconds(20))
        let checkpoint = try await client.checkpoint()
        first.send(SIGINT)
        #expect(try await first.end() == .exit(0), "\(first.errors)")

        let (second, again) = try await start()
        let status = try await again.status()
        #expect(status.size >= size && status.vkey == founded.vkey && status.origin == founded.origin)
        #expect(try await grow(again, beyond: status.size) > status.size, "\(second.errors)")
        #expect(!checkpoint.isEmpty)
        second.send(SIGINT)
        #expect(try await second.end() == .exit(0), "\(second.errors)")
        let audit = try await jianghan("audit", "--store", store)
        #expect(audit.status == 0, "\(audit.all)")
    }
}
