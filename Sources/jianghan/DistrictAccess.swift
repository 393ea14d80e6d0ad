import ArgumentParser
import Client
import District
import Facts
import Foundation
import Operations

/// A way to say things to a district: by opening its store, or, while a server has it open, through that server.
enum DistrictAccess {
    case opened(RunningDistrict)
    case serving(JianghanClient)

    /// What a running server leaves beside its store, for the owner of the files only.
    struct Serving: Codable {
        let url: String
        let token: String
    }

    init(_ files: DistrictFiles) async throws {
        do {
            self = .opened(try RunningDistrict(files))
        } catch OpeningError.locked(let detail) {
            guard let data = FileManager.default.contents(atPath: files.serving),
                let serving = try? JSONDecoder().decode(Serving.self, from: data),
                let client = try? JianghanClient(base: serving.url, token: serving.token),
                (try? await client.get("/healthz")) != nil
            else { throw Console.fail(detail) }
            self = .serving(client)
        } catch {
            throw Console.fail("\(error)")
        }
    }

    /// Says one fact as the operator.
    func say(_ body: [UInt8]) async throws -> Outcome {
        // One in, one out.
        try await submit([body])[0]
    }

    /// Hands in facts of any registered source; waits while the district is busy.
    func submit(_ objects: [[UInt8]]) async throws -> [Outcome] {
        switch self {
        case .opened(let district):
            let intake = Intake(edge: district.published.edge, now: district.clock.now())
            let read = objects.map { object in
                Result { () throws(Refusal) -> Fact in try intake.read(object, from: .owner) }
            }
            while true {
                do {
                    return try await district.sequencer.submit(read)
                } catch {
                    guard case .busy(let seconds) = error else { throw Console.fail("\(error)", code: 74) }
                    try await Task.sleep(for: .seconds(seconds))
                }
            }
        case .serving(let client):
            return try await client.postUntilTaken(facts: objects).map(Outcome.init)
        }
    }

    /// The ids of the sources that are registered.
    func sourceIDs() async throws -> Set<String> {
        switch self {
        case .opened(let district): Set(district.published.edge.registrations.map(\.id))
        case .serving(let client): Set(try await client.status().sources.map(\.id))
        }
    }

    /// Ends the use: commits what waits and signs the last checkpoint, if the store was opened here.
    func close() async throws {
        switch self {
        case .opened(let district):
            do { try await district.stop() } catch { throw Console.fail("\(error)", code: 74) }
        case .serving(let client): client.closeIdleConnections()
        }
    }
}

extension Outcome {
    init(_ answer: FactAnswer) {
        switch answer {
        case .accepted(let index, let duplicate): self = duplicate ? .duplicate(index: index) : .accepted(index: index)
        case .refused(let code, let field, let rule, let message):
            self = .refused(
                Refusal(Refusal.Code(rawValue: code) ?? .malformed, field: field ?? "", rule: rule ?? message))
        }
    }
}

/// A fact of the operator at the command line, named by the moment and chance.
enum OperatorFact {
    static func body(_ type: String, subject: String, data: JSONValue) -> [UInt8] {
        FactWriter.body(
            id: UUID().uuidString.lowercased(), source: District.operatorSource, type: type, subject: subject,
            time: LogClock.real.now(), data: data)
    }
}

/// A bearer token: 32 random bytes, marked so that a leaked one is recognised.
enum Token {
    static func make() -> String {
        var generator = SystemRandomNumberGenerator()
        return "jh_" + Base64URL.encode((0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }
}
