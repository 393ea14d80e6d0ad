import Client
import Facts
import Foundation
import Glibc
import Testing

/// What does not fit the queue is refused at once and whole, never dropped in silence.
struct BackPressureTests {
    private static let source = "device/a"

    /// The disk is made to stand still by a lock on the store, which the committer waits for.
    @Test(.enabled(if: Place.tool("sqlite3") != nil, "sqlite3 is missing"), .timeLimit(.minutes(2)))
    func afullQueueRefusesWholeRequests() async throws {
        let store = try await Store(devices: Self.source)
        let served = try await Served(store)
        let token = try store.token(Self.source)
        let sqlite = try #require(Place.tool("sqlite3"))
        let script = try store.folder.write(
            "BEGIN IMMEDIATE;\n.shell touch \(store.folder.file("held"))\n.shell sleep 60\n", to: "hold.sql")
        let holder = try Child(sqlite, [store.path, ".read \(script)"])
        #expect(try await served.wait { FileManager.default.fileExists(atPath: store.folder.file("held")) })

        // 9 batches of 7,000: 50,000 facts may wait.
        let facts = 7_000
        let speaking = served.client.speaking(as: token)
        let answers = try await withThrowingTaskGroup(of: (Int, Answer).self) { group in
            for batch in 0..<9 {
                let body = Said.batch((0..<facts).map { Said.heartbeat("\(batch)-\($0)", from: Self.source) })
                group.addTask { (batch, try await speaking.postRaw(body, as: .batch)) }
            }
            // As soon as one was refused, the disk moves again.
            let refused = try await served.wait(.seconds(8)) { try await served.metric("requests_busy_total") ?? 0 > 0 }
            #expect(refused)
            #expect(try await served.get("/healthz").status == 200)
            holder.send(SIGKILL)
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let taken = answers.filter { $0.1.status == 200 }.map(\.0)
        let refused = answers.filter { $0.1.status != 200 }
        #expect(!refused.isEmpty && taken.count >= 5, "\(answers.map(\.1.status))")
        for (_, answer) in refused {
            #expect(answer.status == 429)
            #expect(answer.header("Retry-After") == "1")
            #expect(answer.error == Wrong("busy", "too many facts are waiting; come back in 1 s"))
        }
        // Whoever comes back is taken.
        let late = try await speaking.postUntilTaken(facts: [Said.heartbeat("late", from: Self.source)])
        #expect(late.first?.index != nil)
        #expect(try await served.metric("requests_busy_total") == Double(refused.count))
        let size = Int(try await served.client.status().size)
        try await served.stopWell()

        let kept = try await store.facts().filter { $0.source == Self.source }
        let batches = Dictionary(grouping: kept) { $0.id.split(separator: "-").first.map(String.init) ?? "" }
        for batch in 0..<9 {
            #expect(batches["\(batch)"]?.count ?? 0 == (taken.contains(batch) ? facts : 0), "batch \(batch)")
        }
        #expect(kept.count == taken.count * facts + 1)
        #expect(size > kept.count)
    }
}
