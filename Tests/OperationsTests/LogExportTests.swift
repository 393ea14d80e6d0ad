import District
import Facts
import Foundation
import Ledger
import Storage
import Testing

@testable import Operations

@Suite(.timeLimit(.minutes(5))) struct LogExportTests {
    private func export(_ test: TestDistrict, to directory: String) throws {
        let store = try SQLiteStore(path: test.files.store, mode: .read)
        defer { try? store.close() }
        let key = try #require(try Recovery.founding(of: store)?.verifierKey)
        try LogExport(store).write(to: directory, verifierKey: key)
    }

    private func verify(_ test: TestDistrict, in directory: String) throws -> Checkpoint {
        let store = try SQLiteStore(path: test.files.store, mode: .read)
        defer { try? store.close() }
        let founding = try #require(try Recovery.founding(of: store))
        let verifier = LogVerifier(origin: founding.origin, keys: [try VerifierKey(text: founding.verifierKey)])
        return try verifier.verify { FileManager.default.contents(atPath: directory + "/" + $0).map(Array.init) }
    }

    private func files(in directory: String) throws -> [String: Date] {
        var found: [String: Date] = [:]
        for path in try FileManager.default.subpathsOfDirectory(atPath: directory) {
            let attributes = try FileManager.default.attributesOfItem(atPath: directory + "/" + path)
            if attributes[.type] as? FileAttributeType == .typeRegular {
                found[path] = attributes[.modificationDate] as? Date
            }
        }
        return found
    }

    @Test func aStrangerCanVerifyTheExport() async throws {
        let fixture = try await AuditFixture.make()
        let test = try TestDistrict(fixture.image)
        let directory = test.folder.file("log")
        try export(test, to: directory)
        #expect(try verify(test, in: directory).size == UInt64(fixture.facts.count))

        // Nothing is written twice, what is new is added, and the whole verifies again.
        let before = try files(in: directory)
        try await Task.sleep(for: .milliseconds(20))
        try export(test, to: directory)
        var after = try files(in: directory)
        #expect(Set(before.keys) == Set(after.keys))
        for (path, date) in before where path.hasSuffix("/000") || path.hasSuffix("/001") {
            #expect(after[path] == date, "\(path) was written again")
        }
        try await test.run { district async throws in
            _ = try await district.sequencer.submit(
                (0..<300).map { try TestDistrict.fact(district, source: "device/2", id: "new \($0)") })
        }
        try export(test, to: directory)
        after = try files(in: directory)
        #expect(after["tile/0/003.p/\((fixture.facts.count + 300) % 256)"] != nil || after.count > before.count)
        #expect(try verify(test, in: directory).size == UInt64(fixture.facts.count + 300))
    }

    @Test func anotherLogsDirectoryIsLeftAlone() async throws {
        let fixture = try await AuditFixture.make()
        let test = try TestDistrict(fixture.image)
        let directory = test.folder.file("log")
        try export(test, to: directory)
        let other = try await TestDistrict(name: "other")
        #expect(throws: LogExport.ExportError.self) { try export(other, to: directory) }
        #expect(try verify(test, in: directory).size == UInt64(fixture.facts.count))

        // A full tile that is not this log's is evidence; it is not written over.
        let tile = directory + "/tile/0/000"
        var bytes = try #require(FileManager.default.contents(atPath: tile))
        bytes[100] ^= 1
        try bytes.write(to: URL(fileURLWithPath: tile))
        #expect(throws: LogExport.ExportError.self) { try export(test, to: directory) }
        #expect(FileManager.default.contents(atPath: tile) == bytes)
    }

    @Test func everyFactCanBeProved() async throws {
        let test = try await TestDistrict()
        try await test.run { district async throws in
            try await TestDistrict.register(["device/1"], in: district)
            for start in stride(from: 0, to: 600, by: 200) {
                _ = try await district.sequencer.submit(
                    (start..<start + 200).map { try TestDistrict.fact(district, id: "\($0)") })
            }
        }
        let district = try test.open()
        let log = PublicLog(district)
        let keys = [try VerifierKey(text: district.founding.verifierKey)]
        let size = district.published.head.size
        #expect(size > 600)
        for index in 0..<size {
            let proof = try log.proof(of: index)
            let fact = try log.fact(at: index)
            let leaf = fact.leafHash
            #expect(try TlogProof(parsing: Array(proof.encoded.utf8)) == proof)
            let checkpoint = try Checkpoint.open(note: proof.checkpoint, origin: district.founding.origin, keys: keys)
            try ProofVerification.verifyInclusion(
                leafHash: leaf, index: index, size: checkpoint.size, proof: proof.hashes, root: checkpoint.root)
        }
        #expect(throws: PublicLog.ReadError.notFound) { try log.proof(of: size) }
        #expect(throws: PublicLog.ReadError.notFound) { try log.fact(at: size) }
        #expect(try log.facts(from: size - 2, limit: .max).count == 2)
        #expect(try log.facts(from: size, limit: 5).isEmpty)

        // What is served is what a stranger verifies.
        let served = try LogVerifier(origin: district.founding.origin, keys: keys).verify { path in
            if path == LogVerifier.checkpointPath { return log.checkpoint.map { Array($0.encoded.utf8) } }
            if let tile = Tile(entriesPath: path) { return try? log.entries(tile) }
            return Tile(path: path).flatMap { try? log.tile($0) }
        }
        #expect(served.size == size)
        for tile in ["tile/0/009", "tile/0/002.p/250", "tile/1/000", "tile/7/000.p/1", "tile/63/000.p/1"] {
            let tile = try #require(Tile(path: tile))
            #expect(throws: PublicLog.ReadError.notFound) { try log.tile(tile) }
        }
        try await district.stop()
    }
}
