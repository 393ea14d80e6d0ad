import Storage
import StorageTesting
import Testing

@Suite struct ConformanceTests {
    @Test func theSQLiteStoreKeepsTheContract() throws {
        let folder = try TemporaryFolder()
        var number = 0
        let breaches = FactStoreConformance {
            number += 1
            let path = folder.file("\(number).sqlite")
            return FactStoreConformance.Place(try SQLiteStore(path: path, mode: .create)) {
                try SQLiteStore(path: path, mode: .write)
            }
        }.run()
        #expect(breaches == [])
    }

    @Test func theMemoryStoreKeepsTheContract() {
        let breaches = FactStoreConformance {
            let disk = MemoryStore.Disk()
            return FactStoreConformance.Place(MemoryStore(disk)) { MemoryStore(disk) }
        }.run()
        #expect(breaches == [])
    }

    @Test func aFaultyStoreWithoutAPlanKeepsTheContract() {
        let breaches = FactStoreConformance {
            let disk = MemoryStore.Disk()
            return FactStoreConformance.Place(FaultyStore(MemoryStore(disk))) { FaultyStore(MemoryStore(disk)) }
        }.run()
        #expect(breaches == [])
    }

    @Test(arguments: MutantStore.Flaw.allCases) func aBrokenStoreIsCaught(flaw: MutantStore.Flaw) {
        let breaches = FactStoreConformance {
            let disk = MemoryStore.Disk()
            return FactStoreConformance.Place(MutantStore(MemoryStore(disk), flaw)) {
                MutantStore(flaw == .losesAll ? MemoryStore() : MemoryStore(disk), flaw)
            }
        }.run()
        #expect(breaches.contains { $0.clause == flaw.clause }, "\(flaw): \(breaches)")
    }

    @Test func aStoreThatCannotBeMadeIsABreach() {
        let breaches = FactStoreConformance { throw StoreError.full }.run()
        #expect(!breaches.isEmpty)
    }
}
