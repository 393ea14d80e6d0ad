import District
import Facts
import Foundation
import Hummingbird
import Ledger
import NIOCore
import Operations

/// `GET /status` for people and the page at `/`, `GET /healthz` for whoever restarts the process.
struct StatusEndpoint: Sendable {
    let context: ServerContext

    func get(_: Request, _: BasicRequestContext) async throws -> Response {
        let district = context.district
        let head = district.published.head
        let edge = district.published.edge
        let activities = district.published.activities
        let checkpoint: JSONValue =
            head.checkpoint.map {
                .object([
                    .init("size", .integer(Int64($0.checkpoint.size))),
                    .init("root", .string($0.checkpoint.root.base64)),
                    .init("signedAt", .string(Timestamp.format($0.signedAt))),
                ])
            } ?? .null
        let sources = zip(edge.registrations, activities).map { registration, activity -> JSONValue in
            let state = SourceRegister.state(registration, activity)
            return .object([
                .init("id", .string(registration.id)), .init("role", .string(registration.role.rawValue)),
                .init("state", .string(state)),
                .init(
                    "lastReceived",
                    activity.facts > 0 ? .string(Timestamp.format(activity.lastReceived)) : .null),
                .init("facts", .integer(Int64(activity.facts))),
                .init("silentAfterSeconds", registration.silentAfterMs.map { .integer($0 / 1000) } ?? .null),
            ])
        }
        return Answer.json(
            .object([
                .init("district", .string(district.founding.name)), .init("origin", .string(district.founding.origin)),
                .init("simulated", .bool(district.founding.isSimulated)), .init("size", .integer(Int64(head.size))),
                .init("factsPerSecond", .double(context.metrics.rate(size: head.size))),
                .init("checkpoint", checkpoint), .init("vkey", .string(district.founding.verifierKey)),
                .init("uptimeSeconds", .integer(Int64(Date().timeIntervalSince(context.started)))),
                .init("time", .string(Timestamp.format(district.clock.now()))),
                .init("sources", .array(sources)),
            ]))
    }

    func health(_: Request, _: BasicRequestContext) async throws -> Response {
        Answer.json(
            .object([
                .init("status", .string("ok")), .init("size", .integer(Int64(context.district.published.head.size))),
            ]))
    }

    func metrics(_: Request, _: BasicRequestContext) async throws -> Response {
        Response(
            status: .ok,
            headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: context.metrics.text(context.district))))
    }
}
