import ArgumentParser
import District
import Facts
import Operations
import Storage

struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Folds the whole log again and prints the digest of the state.")

    @OptionGroup var store: StoreOption

    @Flag(help: "Print the result as JSON.")
    var json = false

    @Flag(help: "Begin with the newest snapshot, as a start does.")
    var snapshot = false

    func run() async throws {
        let clock = ContinuousClock()
        do {
            let store = try SQLiteStore(path: store.store, mode: .read)
            var progress = Progress("replay")
            let start = clock.now
            let district = try Recovery.district(from: store, useSnapshot: snapshot) {
                progress.show($0, of: store.size)
            }
            let seconds = (clock.now - start).seconds
            progress.end()
            try store.close()
            guard json else {
                Console.print("\(district.size) facts in \(seconds) s\ndigest \(district.digest)")
                return
            }
            Console.print(
                JSONValue.members([
                    "facts": .integer(Int64(district.size)), "seconds": .double(seconds),
                    "factsPerSecond": .integer(Int64(Double(district.size) / max(seconds, 1e-6))),
                    "digest": .string(district.digest),
                ]).text)
        } catch {
            throw Console.fail("\(error)")
        }
    }
}

struct SealCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seal", abstract: "Puts the digest of the state into the log, as every midnight does.")

    @OptionGroup var store: StoreOption

    @Option(help: "Why.")
    var reason: String?

    func run() async throws {
        let access = try await DistrictAccess(DistrictFiles(store: store.store))
        let data = reason.map { [JSONValue.Member("reason", .string($0))] } ?? []
        let outcome = try await access.say(
            OperatorFact.body("seal.requested", subject: "district", data: .object(data)))
        try await access.close()
        guard case .accepted(let index) = outcome else { throw Console.fail("the seal was not taken: \(outcome)") }
        Console.print("sealed by fact \(index + 1)")
    }
}
