import ArgumentParser
import Foundation
import Hummingbird
import Logging
import Operations
import Server
import ServiceLifecycle
import UnixSignals

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serves a district over HTTP until SIGTERM or Ctrl-C.")

    @OptionGroup var store: StoreOption

    @OptionGroup var listening: ListenOptions

    @Option(help: "Seconds that a client may take over the body of a request.")
    var bodyTimeout: Int = 30

    func validate() throws {
        guard (1...3600).contains(bodyTimeout) else {
            throw ValidationError("--body-timeout must be 1 to 3600 seconds")
        }
    }

    func run() async throws {
        let address = try listening.address()
        try await Serving.run(
            DistrictFiles(store: store.store), address, web: try listening.webFolder(), bodyTimeoutSeconds: bodyTimeout
        ) { url, _ in
            Console.print("listening on \(url)")
        }
    }
}

/// Where to listen, and with which pages.
struct ListenOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Where to listen; port 0 takes any free one.", valueName: "host:port"))
    var listen: String = "127.0.0.1:8080"

    @Option(help: ArgumentHelp("The folder of the pages (default: Web beside the program).", valueName: "dir"))
    var web: String?

    func address() throws -> (host: String, port: Int) {
        let parts = listen.split(separator: ":")
        let host = parts.dropLast().joined(separator: ":").trimmingCharacters(in: ["[", "]"])
        guard parts.count >= 2, let port = Int(parts[parts.count - 1]), (0...65535).contains(port), !host.isEmpty else {
            throw ValidationError("--listen must be host:port, for example 127.0.0.1:8080")
        }
        return (host, port)
    }

    func webFolder() throws -> String {
        guard let folder = web ?? Installation.folder("Web") else {
            throw Console.fail("the pages' folder Web is not beside the program; name it with --web")
        }
        return folder
    }
}

/// A district with its server, as services that stop in reverse: the listener first, the sequencer last.
enum Serving {
    /// Exit status when the store failed (sysexits.h, EX_IOERR).
    static let storeFailed: Int32 = 74
    /// Longer than a commit takes. A client that is still sending, or does not read its answer, is not waited for.
    private static let shutdownPatience = Duration.seconds(5)

    static func run(
        _ files: DistrictFiles, _ address: (host: String, port: Int), web: String, bodyTimeoutSeconds: Int = 30,
        clock: LogClock = .real, also services: [any Service] = [],
        onListening: @escaping @Sendable (String, RunningDistrict) async -> Void
    ) async throws {
        let district: RunningDistrict
        do {
            district = try RunningDistrict(files, clock: clock)
        } catch {
            throw Console.fail("\(error)")
        }
        var logger = Logger(label: "jianghan") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .warning
        let token = Token.make()
        let application = try Server.application(
            district,
            ServerConfiguration(
                host: address.host, port: address.port, web: web, ownerToken: token,
                bodyTimeoutSeconds: bodyTimeoutSeconds),
            logger: logger
        ) { port in
            let host = address.host.contains(":") ? "[\(address.host)]" : address.host
            let url = "http://\(host):\(port)"
            do {
                try ServingFile.write(url: url, token: token, to: files.serving)
            } catch {
                Console.note(
                    "jianghan: \(files.serving) cannot be written, so other commands cannot reach this server: \(error)"
                )
            }
            await onListening(url, district)
        }
        defer { try? FileManager.default.removeItem(atPath: files.serving) }
        var configuration = ServiceGroupConfiguration(
            services: ([DistrictService(district: district), application] + services).map {
                .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup)
            },
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = shutdownPatience
        do {
            try await ServiceGroup(configuration: configuration).run()
        } catch let failure as StoreFailure {
            throw Console.fail("\(failure.error)", code: storeFailed)
        } catch {
            district.beginStop()
            try? await district.ended()
            throw Console.fail("\(address.host):\(address.port): \(error)")
        }
    }
}

struct StoreFailure: Error {
    let error: any Error
}

/// The district as a service: it runs until it is told to stop, or until its store fails.
struct DistrictService: Service {
    let district: RunningDistrict

    func run() async throws {
        do {
            // Also when another service failed and the group is cancelled: what waits is still committed.
            try await withTaskCancellationOrGracefulShutdownHandler {
                try await district.ended()
            } onCancelOrGracefulShutdown: {
                district.beginStop()
            }
        } catch {
            throw StoreFailure(error: error)
        }
    }
}

/// The file through which other commands of the same owner find the running server.
enum ServingFile {
    static func write(url: String, token: String, to path: String) throws {
        let data = try JSONEncoder().encode(DistrictAccess.Serving(url: url, token: token))
        try? FileManager.default.removeItem(atPath: path)
        guard FileManager.default.createFile(atPath: path, contents: data, attributes: [.posixPermissions: 0o600])
        else {
            throw CocoaError(.fileWriteUnknown)
        }
    }
}
