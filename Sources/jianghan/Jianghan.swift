import ArgumentParser
import Server
@main struct Jianghan: AsyncParsableCommand {
    mutating func run() async throws {}
}
