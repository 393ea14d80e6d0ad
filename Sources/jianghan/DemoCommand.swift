import ArgumentParser
import Client
import District
import Facts
import Foundation
import Operations
import ServiceLifecycle
import Simulation
import Storage

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "A small simulated district with a live status page, until Ctrl-C.",
        discussion: "Starting again continues the same log. Everything in it is invented, and says so.")

    @OptionGroup var store: StoreOption

    @OptionGroup var listening: ListenOptions

    @Option(help: "How many times faster than life the devices speak.")
    var speed: Double = 20

    @Option(help: "The story; the same seed tells the same one.")
    var seed: UInt64 = 1

    func run() async throws {
        let files = DistrictFiles(store: store.store)
        let address = try listening.address()
        let web = try listening.webFolder()
        guard speed > 0, speed <= 1000 else { throw ValidationError("--speed must be more than 0 and at most 1000") }
        if !FileManager.default.fileExists(atPath: files.store) { try await make(files) }
        let tokens = try await tokens(files)
        // The log's own clock goes as fast as its devices live, from where it stopped.
        let clock = LogClock.scaled(from: max(LogClock.real.now(), try Self.lastReceived(files)), speed: speed)
        let playing = PlayService(tokens: tokens, clock: clock, speed: speed, seed: seed)
        let cameraToken = tokens["device/camera-01"] ?? ""
        try await Serving.run(files, address, web: web, clock: clock, also: [playing]) { url, district in
            Self.explain(url, district, cameraToken)
            playing.begin(url)
        }
        Console.note("stopped; 'make demo' goes on from here")
    }

    /// Three heartbeats of a device of that kind.
    private static func silentAfterSeconds(_ kind: SimulatedDevice.Kind) -> Int {
        switch kind {
        case .camera, .lift, .door: 900
        case .car, .gas: 1800
        case .desk: 10_800
        }
    }

    private static func lastReceived(_ files: DistrictFiles) throws -> Int64 {
        let store = try SQLiteStore(path: files.store, mode: .read)
        defer { try? store.close() }
        return try store.facts(in: max(1, store.size) - 1..<store.size).first?.received ?? 0
    }

    private func make(_ files: DistrictFiles) async throws {
        guard let folder = Installation.folder("Scenarios") else {
            throw Console.fail("the folder Scenarios is not beside the program")
        }
        do {
            try await NewDistrict(
                name: "jianghan", isSimulated: true, scenarios: try Installation.scenarios(in: folder)
            ).found(at: files)
        } catch let code as ExitCode {
            throw code
        } catch {
            throw Console.fail("\(error)")
        }
        Console.note("made a simulated district in \(files.store)")
    }

    /// The simulated devices' tokens, kept beside the store as devices would keep their own.
    private func tokens(_ files: DistrictFiles) async throws -> [String: String] {
        let path = files.store + ".devices"
        let tokens: [String: String]
        if let data = FileManager.default.contents(atPath: path) {
            tokens = try JSONDecoder().decode([String: String].self, from: data)
        } else {
            // Before the devices are registered, so that none is ever registered with a token that nobody has.
            tokens = Dictionary(uniqueKeysWithValues: SimulatedDevice.district.map { ($0.id, Token.make()) })
            let data = try JSONEncoder().encode(tokens)
            guard FileManager.default.createFile(atPath: path, contents: data, attributes: [.posixPermissions: 0o600])
            else { throw Console.fail("\(path) cannot be written") }
        }
        let access = try await DistrictAccess(files)
        let known = try await access.sourceIDs()
        for device in SimulatedDevice.district where !known.contains(device.id) {
            guard let token = tokens[device.id] else { throw Console.fail("\(path) has no token for \(device.id)") }
            let outcome = try await access.say(
                OperatorFact.registration(
                    of: device.id, role: .device, token: token, silentAfterSeconds: Self.silentAfterSeconds(device.kind)
                ))
            if case .refused(let refusal) = outcome { throw Console.fail("\(device.id): \(refusal.message)") }
        }
        try await access.close()
        return tokens
    }

    private static func explain(_ url: String, _ district: RunningDistrict, _ token: String) {
        let name = district.founding.name
        Console.print(
            """

            The simulated district is alive. Everything in it is invented.
              open    \(url)/
              log     \(url)/log/\(name)/checkpoint
              a fact  \(url)/facts/0

            Try, in another terminal:
              curl -s \(url)/log/\(name)/checkpoint
              curl -s -X POST \(url)/facts -H 'Content-Type: application/cloudevents+json' \\
                -H 'Authorization: Bearer \(token)' \\
                -d '{"specversion":"1.0","id":"try-1","source":"device/camera-01","type":"object.fell",
                     "subject":"building/12","time":"'$(date -u +%FT%TZ)'","data":{"floor":7,"confidence":0.9}}'
              .build/release/jianghan audit --store \(district.files.store)
              .build/release/jianghan log export --store \(district.files.store) --to var/log

            Ctrl-C ends it; starting again continues.
            """)
    }
}

/// The devices, each with its own token, speaking over HTTP as real ones do.
private final class PlayService: Service {
    private let tokens: [String: String]
    private let clock: LogClock
    private let speed: Double
    private let seed: UInt64
    private let urls: AsyncStream<String>
    private let url: AsyncStream<String>.Continuation

    init(tokens: [String: String], clock: LogClock, speed: Double, seed: UInt64) {
        self.tokens = tokens
        self.clock = clock
        self.speed = speed
        self.seed = seed
        (urls, url) = AsyncStream.makeStream()
    }

    /// The server listens; the devices may speak.
    func begin(_ url: String) {
        self.url.yield(url)
        self.url.finish()
    }

    func run() async throws {
        let urls = urls
        _ = await cancelWhenGracefulShutdown { [tokens, clock, speed, seed] in
            for await base in urls {
                let stream = DistrictStream(seed: seed, start: clock.now())
                do {
                    _ = try await stream.play(to: base, tokens: tokens, speed: speed)
                } catch {
                    Console.note("jianghan: the simulated devices stopped: \(error)")
                }
            }
            // The page stays up for whoever still looks.
            while !Task.isCancelled { try? await Task.sleep(for: .seconds(3600)) }
        }
    }
}
