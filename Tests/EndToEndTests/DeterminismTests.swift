import Client
import Facts
import Foundation
import Testing

/// The same log gives the same state, byte for byte, in every process and every build.
@Suite(.turn) struct DeterminismTests {
    @Test func everyProcessFoldsTheSameState() async throws {
        let day = try MiniDay(calls: 40, seed: 4)
        var store = try await Store()
        for number in 0..<20 {
            try await store.add("device/\(number)", role: "device", "--silent-after", "\(1 + number)")
        }
        let served = try await Served(store)
        for number in 0..<20 {
            let source = "device/\(number)"
            let facts = (0..<30).map { Said.fell("\($0)", from: source, floor: $0) }
            #expect(try await served.say(batch: facts, store.token(source)).status == 200)
        }
        let loaded = try await jianghan(
            "import", "--mapping", Place.inRepository("Examples/san-francisco"), "--data", day.folder.path, "--store",
            store.path)
        #expect(loaded.status == 0, "\(loaded.all)")
        for command in [["seal"], ["source", "revoke", "device/3"]] {
            let ran = try await run(Place.program, command + ["--store", store.path])
            #expect(ran.status == 0, "\(ran.all)")
        }
        try await served.stopWell()

        let digest = try await store.replayed()
        var compared: [String] = []
        let builds = [
            Place.program, Place.inRepository(".build/debug/jianghan"), Place.inRepository(".build/release/jianghan"),
        ]
        for program in builds {
            // One that is not there, or is being built, is left out.
            guard let version = try? await run(program, ["--version"]), version.status == 0 else { continue }
            #expect(try await store.replayed(by: program) == digest, "\(program)")
            #expect(try await store.replayed(by: program, "--snapshot") == digest, "\(program)")
            compared.append(URL(fileURLWithPath: program).resolvingSymlinksInPath().path)
        }
        #expect(try await store.audited()["digest"]?.string == digest)
        print("the same digest in two processes of each of \(Set(compared).sorted()): \(digest)")
    }
}
