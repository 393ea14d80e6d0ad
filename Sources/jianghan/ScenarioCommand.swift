import ArgumentParser
import District
import Facts
import Operations

struct ScenarioCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scenario", abstract: "Checks scenarios and puts them in force.",
        subcommands: [Check.self, Adopt.self])

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Reads scenario folders and says what is wrong.")

        @Argument(help: "A scenario's folder, or a folder of them.")
        var folder: String

        func run() throws {
            for scenario in try Installation.scenarios(in: folder) {
                Console.print("\(scenario.name) \(scenario.version): \(scenario.types.count) fact types")
            }
        }
    }

    struct Adopt: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Puts a scenario in force, or a higher version of one; without a restart.")

        @Argument(help: "A scenario's folder, or a folder of them.")
        var folder: String

        @OptionGroup var store: StoreOption

        func run() async throws {
            let scenarios = try Installation.scenarios(in: folder)
            let access = try await DistrictAccess(DistrictFiles(store: store.store))
            var refused = false
            for scenario in scenarios {
                switch try await access.say(
                    scenario.adoption(source: District.operatorSource, time: LogClock.real.now()))
                {
                case .accepted(let index):
                    Console.print("\(scenario.name) \(scenario.version) is in force since fact \(index)")
                case .duplicate: Console.print("\(scenario.name) \(scenario.version) is in force already")
                case .refused(let refusal):
                    refused = true
                    Console.note("\(scenario.name): \(refusal.message)")
                }
            }
            try await access.close()
            if refused { throw ExitCode(1) }
        }
    }
}
