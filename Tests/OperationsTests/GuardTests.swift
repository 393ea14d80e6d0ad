import Facts
import Foundation
import Ledger
import Storage
import Testing

@testable import Operations

@Suite(.timeLimit(.minutes(5))) struct GuardTests {
    private func opening(_ test: TestDistrict) throws -> OpeningError {
        do {
            _ = try test.open()
        } catch let error as OpeningError {
            return error
        }
        throw Opened()
    }

    private struct Opened: Error {}

    private func say(_ ids: [String], in test: TestDistrict) async throws {
        try await test.run { district async throws in
            _ = try await district.sequencer.submit(ids.map { try TestDistrict.fact(district, id: $0) })
        }
    }

    private func made() async throws -> TestDistrict {
        let test = try await TestDistrict()
        try await test.run { district async throws in
            try await TestDistrict.register(["device/1"], in: district)
        }
        return test
    }

    private func put(_ data: Data?, _ path: String) throws {
        try? FileManager.default.removeItem(atPath: path)
        try data?.write(to: URL(fileURLWithPath: path))
    }

    @Test func anOlderCopyIsRefused() async throws {
        let test = try await made()
        let old = FileManager.default.contents(atPath: test.files.store)
        try await say((0..<300).map(String.init), in: test)
        try put(old, test.files.store)
        let error = try opening(test)
        guard case .guardMismatch(let message) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(message.contains("restored from an old backup") && message.contains("would fork the log"))
        #expect(message.contains("of 303 was signed"))
        // Nothing was signed meanwhile.
        let store = try SQLiteStore(path: test.files.store, mode: .read)
        #expect(store.size == 3)
        try store.close()
    }

    @Test func aForkOfTheSameSizeIsRefused() async throws {
        let test = try await made()
        let fork = try TestDistrict(test.image())
        try await say(["one"], in: test)
        try await say(["other", "more"], in: fork)
        try put(FileManager.default.contents(atPath: fork.files.store), test.files.store)
        let error = try opening(test)
        guard case .guardMismatch(let message) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(message.contains("are not those that were signed"))
    }

    @Test func aMissingGuardIsRefusedUntilRestored() async throws {
        let test = try await made()
        try put(nil, test.files.guardFile)
        let error = try opening(test)
        guard case .guardMismatch(let message) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(message.contains("is missing") && message.contains("restore-guard"))
        #expect(try CheckpointGuard.restore(test.files) == 3)
        #expect(throws: OpeningError.self) { try CheckpointGuard.restore(test.files) }
        try await say(["one"], in: test)
    }

    @Test func theGuardOfAnotherLogIsRefused() async throws {
        let test = try await made()
        let other = try await TestDistrict(name: "other")
        try put(FileManager.default.contents(atPath: other.files.guardFile), test.files.guardFile)
        let error = try opening(test)
        guard case .guardMismatch(let message) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(message.contains("another log or key"))
        try put(Data("no note".utf8), test.files.guardFile)
        let unreadable = try opening(test)
        guard case .store(.corrupt) = unreadable else {
            Issue.record("\(unreadable)")
            return
        }
    }

    @Test func theKeyMustBeTheLogsOwn() async throws {
        let test = try await made()
        let other = try await TestDistrict(name: "other")
        try put(FileManager.default.contents(atPath: other.files.key), test.files.key)
        guard case .noKey = try opening(test) else {
            Issue.record("another key was taken")
            return
        }
        try put(nil, test.files.key)
        guard case .noKey = try opening(test) else {
            Issue.record("no key was needed")
            return
        }
    }

    @Test func theKeysOfPersonsMustBeThere() async throws {
        let test = try await TestDistrict()
        try FileManager.default.removeItem(atPath: test.files.people)
        let error = #expect(throws: OpeningError.self) { try test.open() }
        #expect(error?.description.contains("the keys of private parts, is missing") == true)
        #expect(!FileManager.default.fileExists(atPath: test.files.people), "not made anew")
    }

    @Test func oneProcessWrites() async throws {
        let test = try await made()
        let district = try test.open()
        let error = try opening(test)
        guard case .locked(let message) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(message.contains("in use by process \(getpid())"))
        try await district.stop()
        try await say(["one"], in: test)
    }

    /// The checkpoint stands in the guard file and not in the store when the machine stops between the two.
    @Test func aCheckpointThatTheStoreMissesIsKeptAgain() async throws {
        let test = try await made()
        let before = try test.image()
        try await say(["one"], in: test)
        let store = try SQLiteStore(path: test.files.store, mode: .write)
        let signed = try #require(try store.checkpoint())
        try store.save(checkpoint: String(decoding: before.files["store.sqlite.checkpoint"] ?? Data(), as: UTF8.self))
        try store.close()
        try await test.run { district async throws in
            #expect(district.published.head.checkpoint?.checkpoint.size == 4)
        }
        let again = try SQLiteStore(path: test.files.store, mode: .read)
        #expect(try again.checkpoint() == signed)
        try again.close()
    }

    @Test func aDistrictIsFoundedOnce() async throws {
        let test = try await made()
        await #expect(throws: OpeningError.self) { try await NewDistrict(name: "test").found(at: test.files) }
        try await say(["one"], in: test)
        let names = ["", "two words", String(repeating: "x", count: 65), "a/b"]
        for name in names {
            let files = DistrictFiles(store: test.folder.file("new.sqlite"))
            await #expect(throws: OpeningError.self, "\(name)") { try await NewDistrict(name: name).found(at: files) }
            #expect(!FileManager.default.fileExists(atPath: files.store))
            #expect(!FileManager.default.fileExists(atPath: files.key))
        }
    }
}
