import Client
import Facts
import Foundation
import Glibc
import Testing

/// What does not fit the queue is refused at once and whole, never dropped in silence.
@Suite(.alone) struct BackPressureTests {
    private static let source = "device/a"

    /// The disk is made to stand still by a lock on the store, which the committer waits for.
    private static let batches = 10

    /// 128 facts of 64 KB: 8 MiB, of which 64 may wait.
    private static func batch(_ number: Int) -> [UInt8] {
        let filling = String(repeating: "x", count: 65_000)
        return Said.batch(
            (0..<128).map { fact in
                Array(
                    (#"{"specversion":"1.0","id":"\#(number)-\#(fact)","source":"\#(source)","type":"device.heartbeat","#
                        + #""subject":"batch/\#(number)","time":"\#(Said.time)","note":"\#(filling)","data":{}}"#).utf8)
            })
    }

    /// The disk is made to stand still by a lock on the store, which the committer waits for (at most ten seconds).
    @Test(.enabled(if: Place.tool("sqlite3") != nil, "sqlite3 is missing"))
    func aFullQueueRefusesWholeRequests() async throws {
        let store = try await Store(devices: Self.source)
        let served = try await Served(store)
        let token = try store.token(Self.source)
        let sqlite = try #require(Place.tool("sqlite3"))
        let bodies = (0..<Self.batches).map(Self.batch)
        let script = try store.folder.write(
            "BEGIN IMMEDIATE;\n.shell touch \(store.folder.file("held"))\n.shell sleep 60\n", to: "hold.sql")
        let holder = try Child(sqlite, [store.path, ".read \(script)"])
        #expect(try await served.wait { FileManager.default.fileExists(atPath: store.folder.file("held")) })

        var limits = Limits()
        limits.answerTimeout = .seconds(120)
        let speaking = try JianghanClient(base: served.url, token: token, limits: limits)
        let answers = try await withThrowingTaskGroup(of: (Int, Answer).self) { group in
            // What is beyond the queue, under way to the disk, is filled with little first.
            for number in 0..<4 {
                let fact = Said.heartbeat("first-\(number)", from: Self.source)
                group.addTask { (-1, try await speaking.postRaw(fact, as: .event)) }
                try await Task.sleep(for: .milliseconds(50))
            }
            for (number, body) in bodies.enumerated() {
                group.addTask { (number, try await speaking.postRaw(body, as: .batch)) }
            }
            // As soon as one was refused, the disk moves again.
            let isRefused = try await served.wait(.seconds(8)) {
                try await served.metric("requests_busy_total") ?? 0 > 0
            }
            #expect(isRefused)
            #expect(try await served.get("/healthz").status == 200)
            holder.send(SIGKILL)
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.filter { $0.0 == -1 }.allSatisfy { $0.1.status == 201 })
        let taken = answers.filter { $0.1.status == 200 }.map(\.0)
        let refused = answers.filter { $0.1.status != 200 && $0.0 >= 0 }
        #expect(!refused.isEmpty && taken.count >= 7, "\(answers.map(\.1.status))")
        for (_, answer) in refused {
            #expect(answer.status == 429)
            #expect(answer.header("Retry-After") == "1")
            #expect(answer.error == Wrong("busy", "too many facts are waiting; come back in 1 s"))
        }
        #expect(try await served.metric("requests_busy_total") == Double(refused.count))
        // Whoever comes back is taken.
        let late = try await speaking.postUntilTaken(facts: [Said.heartbeat("late", from: Self.source)])
        #expect(late.first?.index != nil)
        try await served.stopWell()

        let counted = try await run(
            sqlite,
            [
                store.path,
                "SELECT json_extract(CAST(body AS TEXT), '$.subject') AS s, count(*) FROM fact WHERE s LIKE 'batch/%' GROUP BY s",
            ])
        #expect(counted.status == 0, "\(counted.all)")
        let kept = counted.output.split(separator: "\n").map(String.init).sorted()
        #expect(kept == taken.map { "batch/\($0)|128" }.sorted())
    }
}
