import ArgumentParser

struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measures speed and memory, beside the limits of the machine.",
        subcommands: [BenchLedger.self, BenchHTTP.self])
}
