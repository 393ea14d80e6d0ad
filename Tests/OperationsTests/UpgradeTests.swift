import District
import Facts
import Storage
import Testing

@testable import Operations

/// Another version of the fold says so in the log, before it says anything else.
@Suite struct UpgradeTests {
    @Test func theMarkerStandsBeforeWhatIsOverdue() async throws {
        let test = try await TestDistrict()
        let district = try test.open()
        try await TestDistrict.register(["device/1"], in: district, silentAfter: 60)
        try await district.stop()
        test.clock.advance(61_000)

        let store = try SQLiteStore(path: test.files.store, mode: .read)
        defer { try? store.close() }
        var fold = try Recovery.fold(from: store, people: PersonKeys(path: test.files.people))
        let now = test.clock.now
        var batch = OpenBatch(first: fold.district.size)
        #expect(try !fold.upgrade(to: District.foldVersion, received: now, in: &batch), "this version already")
        #expect(batch.facts.isEmpty)

        #expect(try fold.upgrade(to: District.foldVersion + 1, received: now, in: &batch))
        try fold.fireTimers(dueBy: now, into: &batch)
        let types = batch.stored.facts.map { (try? JSONValue(parsing: $0.body))?["type"]?.string }
        #expect(types == ["system.upgraded", "source.silent"])
        #expect(fold.district.spanFoldVersion == District.foldVersion + 1)
    }

    /// A program that is older than the log does not write it on.
    @Test func anOlderProgramRefuses() async throws {
        let test = try await TestDistrict()
        let store = try SQLiteStore(path: test.files.store, mode: .write)
        let people = try PersonKeys(path: test.files.people)
        var fold = try Recovery.fold(from: store, people: people)
        var batch = OpenBatch(first: fold.district.size)
        _ = try fold.upgrade(to: District.foldVersion + 1, received: test.clock.now, in: &batch)
        try store.append(batch.stored)
        try store.close()
        let error = #expect(throws: OpeningError.self) { try test.open() }
        #expect(error?.description.contains("Use the newer program") == true)
    }
}
