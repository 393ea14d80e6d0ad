import ArgumentParser
import Foundation

/// The command line: one sub-command a job, each in a file of its own.
@main
struct Jianghan: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jianghan",
        abstract: "A city district's operations over one verifiable log. 江汉：可验证日志之上的全域智能运营。",
        version: "0.1.0",
        subcommands: [
            DistrictCommand.self, SourceCommand.self, ScenarioCommand.self, ImportCommand.self, ServeCommand.self,
            LogCommand.self, AuditCommand.self, ReplayCommand.self, SealCommand.self, DemoCommand.self,
            BenchCommand.self,
        ])

    static func main() async {
        // Writing to a pipe that was closed ('| head') is no reason to die of a signal.
        signal(SIGPIPE, SIG_IGN)
        await main(nil)
    }
}

/// The option that nearly every sub-command has.
struct StoreOption: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("The district's SQLite file.", valueName: "file"))
    var store: String
}
