import ArgumentParser
import District
import Facts
import Foundation
import Operations
import Storage

struct SourceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "source", abstract: "Lets sources in, and shuts them out.",
        subcommands: [Add.self, Revoke.self, List.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Registers a source and prints its token, or takes its public key.",
            discussion: """
                The registration is a fact in the log. The token is shown once; only its SHA-256 is kept. Works beside a \
                running server. Roles: \(Role.allCases.map(\.rawValue).joined(separator: ", ")).
                """)

        @Argument(help: "The source's id: device/…, person/…, or any text without blanks.")
        var id: String

        @Option(help: "What the source is to the district, and so what it may say.")
        var role: String

        @OptionGroup var store: StoreOption

        @Option(
            help: ArgumentHelp(
                "The key it signs with: a PEM file, or EdDSA:… or ES256:… and the raw key in base64url.",
                valueName: "key"))
        var publicKey: String?

        @Option(help: "Seconds without a fact after which 'source.silent' is a fact.")
        var silentAfter: Int?

        @Flag(help: "Print a token also where a public key is given.")
        var token = false

        func run() async throws {
            guard let role = Role(rawValue: role) else {
                throw ValidationError(
                    "'\(self.role)' is no role; one of: \(Role.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            let key = try publicKey.map(Self.readKey)
            let token = key == nil || token ? Token.make() : nil
            let access = try await DistrictAccess(DistrictFiles(store: store.store))
            let outcome = try await access.say(
                OperatorFact.registration(
                    of: id, role: role, token: token, key: key, silentAfterSeconds: silentAfter))
            try await access.close()
            guard case .accepted(let index) = outcome else {
                if case .refused(let refusal) = outcome { throw Console.fail(refusal.message) }
                throw Console.fail("the source was not registered")
            }
            Console.note("source \(id) registered as \(role.rawValue), fact \(index)")
            if let token {
                Console.print(token)
                Console.note("keep this token: it is shown once, only its hash is kept")
            }
        }

        private static func readKey(_ text: String) throws -> SourceKey {
            if let key = SourceKey(text: text) { return key }
            guard let data = FileManager.default.contents(atPath: text) else {
                throw ValidationError("--public-key: '\(text)' is neither a file nor EdDSA:… or ES256:…")
            }
            guard let key = SourceKey(pem: String(decoding: data, as: UTF8.self)) else {
                throw ValidationError("--public-key: \(text) holds no Ed25519 or P-256 public key in PEM")
            }
            return key
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Shuts a source out; what it said stays.")

        @Argument(help: "The source's id.")
        var id: String

        @OptionGroup var store: StoreOption

        func run() async throws {
            let access = try await DistrictAccess(DistrictFiles(store: store.store))
            let outcome = try await access.say(OperatorFact.body("source.revoked", subject: id, data: .object([])))
            try await access.close()
            if case .refused(let refusal) = outcome { throw Console.fail(refusal.message) }
            Console.print("source \(id) revoked")
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the sources.")

        @OptionGroup var store: StoreOption

        func run() async throws {
            // Read only: looking at a district changes nothing in it, whether it is served or not.
            do {
                let store = try SQLiteStore(path: store.store, mode: .read)
                let sources = try Recovery.district(from: store).sources
                for (source, activity) in zip(sources.registrations, sources.activities) {
                    let state = SourceRegister.state(source, activity)
                    Console.print("\(source.id)\t\(source.role.rawValue)\t\(state)\t\(activity.facts) facts")
                }
                try store.close()
            } catch {
                throw Console.fail("\(error)")
            }
        }
    }
}

extension OperatorFact {
    static func registration(
        of id: String, role: Role, token: String?, key: SourceKey? = nil, silentAfterSeconds: Int? = nil
    ) -> [UInt8] {
        var data: [JSONValue.Member] = [.init("role", .string(role.rawValue))]
        if let token { data.append(.init("tokenHash", .string(Intake.hash(ofToken: token)))) }
        if let key { data.append(.init("key", .string(key.text))) }
        if let silentAfterSeconds { data.append(.init("silentAfterSeconds", .integer(Int64(silentAfterSeconds)))) }
        return body("source.registered", subject: id, data: .object(data))
    }
}
