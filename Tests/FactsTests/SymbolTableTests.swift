import Facts
import Testing

@Suite("Symbol table")
struct SymbolTableTests {
    @Test("random interning and removing against a dictionary; numbers are a function of the calls")
    func model() {
        var random = Seeded(stream: 8)
        for round in 0..<4 {
            var (table, twin) = (SymbolTable(), SymbolTable())
            var model: [[UInt8]: Int] = [:]
            var freed: [Int] = []
            var next = 0
            for _ in 0..<10_000 {
                let name = Array("\(random.below(round == 0 ? 40 : 600))".utf8) + (random.chance(3) ? [] : [0xFF, 0])
                if random.below(100) < 55 {
                    let expected = model[name] ?? freed.popLast() ?? next
                    if model[name] == nil, expected == next { next += 1 }
                    model[name] = expected
                    let number = name.withUnsafeBytes { table.intern($0) }
                    #expect(number == expected, "seed \(Seeded.seed)")
                    #expect(name.withUnsafeBytes { twin.intern($0) } == number)
                } else if let number = model.removeValue(forKey: name) {
                    table.remove(number)
                    twin.remove(number)
                    freed.append(number)
                }
                let other = Array("\(random.below(600))".utf8)
                #expect(table.find(other) == model[other], "seed \(Seeded.seed)")
                #expect(table.count == model.count)
            }
            for (name, number) in model {
                #expect(table.find(name) == number && table.name(number) == name, "seed \(Seeded.seed)")
            }
        }
    }

    @Test("grows past its first size and keeps every name")
    func growth() {
        var table = SymbolTable()
        for number in 0..<5_000 { #expect(Array("n\(number)".utf8).withUnsafeBytes { table.intern($0) } == number) }
        for number in 0..<5_000 { #expect(table.find("n\(number)".utf8) == number) }
        #expect(table.find([]) == nil)
        #expect([UInt8]().withUnsafeBytes { table.intern($0) } == 5_000)
        #expect(table.find([]) == 5_000)
    }
}
