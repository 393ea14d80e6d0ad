import Facts
import Foundation
import HTTPTypes
import Hummingbird
import Ledger
import NIOCore
import Operations
import Storage

/// `POST /facts` takes facts; `GET /facts/INDEX` reads one back with its proof.
struct FactsEndpoint: Sendable {
    let context: ServerContext

    // MARK: Taking

    /// Who speaks is asked before the body is read: a stranger costs a look-up, whatever it sends. A signed fact says it
    /// itself.
    func post(_ request: Request, _: BasicRequestContext) async throws -> Response {
        do throws(Refusal) {
            let mode = try ContentMode(request.headers)
            let speaker = mode == .signed ? nil : try speaker(request)
            do throws(BodyReader.Failure) {
                return try await context.bodies.withBody(of: request) { await take($0, mode, speaker, request.headers) }
            } catch {
                return error.response
            }
        } catch {
            context.metrics.count(error)
            return Answer.error(error)
        }
    }

    private func take(
        _ bytes: [UInt8], _ mode: ContentMode, _ speaker: Intake.Speaker?, _ headers: HTTPFields
    ) async -> Response {
        let intake = intake
        do throws(Refusal) {
            switch (mode, speaker) {
            case (.batch, let speaker?):
                return await answerAll(try intake.readBatch(bytes, from: speaker))
            case (.structured, let speaker?):
                return await answerOne(try intake.read(bytes, from: speaker))
            case (.binary, let speaker?):
                let object = try BinaryMode.object(headers: headers, data: bytes)
                return await answerOne(try intake.read(object, from: speaker))
            default:
                if bytes.first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }) == UInt8(ascii: "[") {
                    return await answerAll(try await intake.readSignedBatch(bytes))
                }
                return await answerOne(try intake.readSigned(bytes))
            }
        } catch {
            context.metrics.count(error)
            return Answer.error(error)
        }
    }

    /// The edge as things stand now.
    private var intake: Intake { Intake(edge: context.district.published.edge, now: context.district.clock.now()) }

    private func speaker(_ request: Request) throws(Refusal) -> Intake.Speaker {
        guard let header = request.headers[.authorization] else {
            throw Refusal(.unauthenticated, field: "Authorization", rule: "needs 'Bearer' and a source's token")
        }
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else {
            throw Refusal(.unauthenticated, field: "Authorization", rule: "must be 'Bearer' and a source's token")
        }
        let token = String(parts[1])
        if let owner = context.configuration.ownerToken, Intake.hash(ofToken: token) == Intake.hash(ofToken: owner) {
            return .owner
        }
        return try intake.speaker(token: token)
    }

    private func answerOne(_ fact: Fact) async -> Response {
        do throws(SubmissionError) {
            let outcomes = try await context.district.sequencer.submit([fact])
            context.metrics.count(outcomes)
            // One fact in, one outcome out.
            let outcome = outcomes[0]
            if case .refused(let refusal) = outcome { return Answer.error(refusal) }
            var output: [UInt8] = []
            Answer.write(outcome, to: &output)
            guard case .accepted(let index) = outcome else { return Answer.json(output) }
            return Answer.json(output, status: .created, headers: [.location: "/facts/\(index)"])
        } catch {
            context.metrics.count(error)
            return Answer.error(error)
        }
    }

    private func answerAll(_ read: [Result<Fact, Refusal>]) async -> Response {
        do throws(SubmissionError) {
            let outcomes = try await context.district.sequencer.submit(read)
            context.metrics.count(outcomes)
            var output: [UInt8] = [UInt8(ascii: "[")]
            output.reserveCapacity(outcomes.count * 20)
            for (number, outcome) in outcomes.enumerated() {
                if number > 0 { output.append(UInt8(ascii: ",")) }
                Answer.write(outcome, to: &output)
            }
            output.append(UInt8(ascii: "]"))
            return Answer.json(output)
        } catch {
            context.metrics.count(error)
            return Answer.error(error)
        }
    }

    // MARK: Reading back

    func get(_: Request, _ request: BasicRequestContext) async throws -> Response {
        guard let index = Self.index(request) else { return Self.noFact }
        do {
            let fact = try context.log.fact(at: index)
            return Answer.json(readBack(fact, at: index))
        } catch PublicLog.ReadError.notFound {
            return Self.noFact
        }
    }

    /// The exact bytes stand in it twice: as the JSON that they are, and in base64, which no reader re-encodes.
    private func readBack(_ fact: StoredFact, at index: UInt64) -> [UInt8] {
        var output: [UInt8] = []
        output += "{\"index\":\(index),\"received\":\"\(Timestamp.format(fact.received))\"".utf8
        output += ",\"leaf\":\"\(fact.leafHash.base64)\"".utf8
        output += ",\"salt\":\"\(fact.salt.span.withUnsafeBytes { Data($0).base64EncodedString() })\"".utf8
        if let commitment = fact.privateCommitment {
            output += ",\"privateCommitment\":\"\(Data(commitment).base64EncodedString())\"".utf8
        }
        output += ",\"body\":\"\(Data(fact.body).base64EncodedString())\",\"fact\":".utf8
        output += fact.body
        if let signature = fact.signature {
            // base64url and dots: nothing to escape.
            output += ",\"signature\":\"".utf8 + signature + "\"".utf8
        }
        if let proof = try? context.log.proof(of: index), let checkpoint = try? Checkpoint(text: proof.checkpoint.text)
        {
            let hashes = proof.hashes.map { JSONValue.string($0.base64) }
            output += ",\"proof\":".utf8
            JSONValue.object([
                .init("size", .integer(Int64(checkpoint.size))), .init("hashes", .array(hashes)),
                .init("checkpoint", .string(proof.checkpoint.encoded)),
            ]).write(to: &output)
        } else {
            output += ",\"proof\":null".utf8
        }
        output.append(UInt8(ascii: "}"))
        return output
    }

    func proof(_: Request, _ request: BasicRequestContext) async throws -> Response {
        guard let index = Self.index(request) else { return Self.noFact }
        do {
            return Answer.text(try context.log.proof(of: index).encoded)
        } catch PublicLog.ReadError.notYetCovered {
            var response = Answer.error(
                .serviceUnavailable, code: "not-yet-covered",
                message: "no checkpoint covers fact \(index) yet; one is signed within a second")
            response.headers[.retryAfter] = "1"
            return response
        } catch PublicLog.ReadError.notFound {
            return Self.noFact
        }
    }

    private static func index(_ request: BasicRequestContext) -> UInt64? {
        request.parameters.get("index").flatMap { UInt64($0) }
    }

    private static let noFact = Answer.error(.notFound, code: "not-found", message: "the log has no fact of that index")
}

/// How a CloudEvent travels over HTTP (CloudEvents HTTP protocol binding 1.0, section 3), and our signed form.
enum ContentMode {
    case structured
    case batch
    case signed
    case binary

    init(_ headers: HTTPFields) throws(Refusal) {
        let type = (headers[.contentType] ?? "").split(separator: ";").first.map {
            $0.trimmingCharacters(in: .whitespaces).lowercased()
        }
        switch type {
        case "application/cloudevents+json": self = .structured
        case "application/cloudevents-batch+json": self = .batch
        case "application/jose+json": self = .signed
        default:
            guard BinaryMode.isBinary(headers) else {
                throw Refusal(
                    .attribute, field: "Content-Type",
                    rule: "must be application/cloudevents+json, application/cloudevents-batch+json or "
                        + "application/jose+json, or ce-… headers must carry the attributes")
            }
            self = .binary
        }
    }
}
