import Storage
import StorageTesting
import Testing

@Suite struct FaultyStoreTests {
    private func batch(_ first: UInt64) -> StoredBatch {
        var batch = StoredBatch(first: first)
        batch.facts = [StoreSamples.fact(Int(first))]
        return batch
    }

    @Test func theNamedCallFailsAndNoOther() throws {
        let real = MemoryStore()
        let store = FaultyStore(real, FaultyStore.Plan(.append, 2, .failsBefore))
        try store.append(batch(0))
        #expect(throws: FaultyStore.Fault.failsBefore.error) { try store.append(batch(1)) }
        #expect(store.happened)
        #expect(real.size == 1)
        try store.append(batch(1))
        #expect(real.size == 2)
        #expect(store.count(of: .append) == 3)
        #expect(store.writesAfter == 1)
    }

    @Test func aFailureAfterwardsIsPersisted() throws {
        let real = MemoryStore()
        let store = FaultyStore(real, FaultyStore.Plan(.append, 1, .failsAfter))
        #expect(throws: FaultyStore.Fault.failsAfter.error) { try store.append(batch(0)) }
        #expect(real.size == 1)
    }

    @Test func aFullDiskTakesNothing() throws {
        let real = MemoryStore()
        let store = FaultyStore(real, FaultyStore.Plan(.save, 1, .full))
        #expect(throws: StoreError.full) { try store.save(checkpoint: "x") }
        #expect(try real.checkpoint() == nil)
    }

    @Test func everyMethodCanFail() throws {
        for method in FaultyStore.Method.allCases {
            let store = FaultyStore(MemoryStore(), FaultyStore.Plan(method, 1, .failsBefore))
            #expect(throws: StoreError.self, "\(method)") {
                try store.append(batch(0))
                _ = try store.facts(in: 0..<1)
                _ = try store.privatePart(at: 0)
                _ = try store.tile(level: 0, index: 0)
                _ = try store.latestSnapshot()
                _ = try store.keyRuns()
                if method == .keyPage { _ = try store.keyPage(run: 0, page: 0) }
                _ = try store.checkpoint()
                try store.save(checkpoint: "")
                _ = try store.byteCount()
                try store.close()
            }
            #expect(store.happened, "\(method)")
        }
    }
}
