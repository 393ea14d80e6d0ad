import District
import HTTPTypes
import Hummingbird
import Ledger
import Operations

/// The public log under `/log/<district>/`, as C2SP tlog-tiles lays it out.
struct LogEndpoint: Sendable {
    let context: ServerContext

    /// Full and partial tiles never change once a checkpoint implies them.
    private static let immutable = "public, max-age=31536000, immutable"
    /// The checkpoint grows every second.
    private static let mutable = "public, max-age=1"

    func get(_: Request, _ request: BasicRequestContext) async throws -> Response {
        guard request.parameters.get("district") == context.district.founding.name else {
            return Answer.error(.notFound, code: "not-found", message: "no such district here")
        }
        let path = request.parameters.getCatchAll().joined(separator: "/")
        if path == "checkpoint" {
            guard let note = context.log.checkpoint else {
                return Answer.error(.notFound, code: "not-found", message: "no checkpoint was signed yet")
            }
            return Answer.text(note.encoded, caching: Self.mutable)
        }
        do {
            if let bundle = Tile(entriesPath: path) {
                return Answer.octets(try context.log.entries(bundle), caching: Self.immutable)
            }
            if let tile = Tile(path: path) {
                return Answer.octets(try context.log.tile(tile), caching: Self.immutable)
            }
        } catch PublicLog.ReadError.notFound {
            return Answer.error(.notFound, code: "not-found", message: "the log has no such tile")
        }
        return Answer.error(
            .notFound, code: "not-found", message: "a log has checkpoint, tile/L/N[.p/W] and tile/entries/N[.p/W]")
    }
}
