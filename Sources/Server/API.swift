import Facts
import HTTPTypes
import Hummingbird

/// The HTTP API in one list: each endpoint's route, handler and description. The router and `/openapi.json` are both
/// made from it, so that neither can know of a route that the other does not.
enum API {
    typealias Handler = @Sendable (Request, BasicRequestContext) async throws -> Response

    struct Endpoint: Sendable {
        let method: HTTPRequest.Method
        /// As the router writes it: `facts/:index`.
        let route: String
        /// As OpenAPI writes it: `/facts/{index}`.
        let path: String
        let summary: String
        let parameters: [Parameter]
        let body: [String]
        let answers: [Answers]
        let handler: @Sendable (ServerContext) -> Handler

        init(
            _ method: HTTPRequest.Method, _ route: String, path: String? = nil, _ summary: String,
            parameters: [Parameter] = [], body: [String] = [], answers: [Answers],
            handler: @escaping @Sendable (ServerContext) -> Handler
        ) {
            self.method = method
            self.route = "/" + route
            self.path = path ?? "/" + route
            self.summary = summary
            self.parameters = parameters
            self.body = body
            self.answers = answers
            self.handler = handler
        }
    }

    struct Parameter: Sendable {
        let name: String
        let place: String
        let type: String
        let description: String
    }

    struct Answers: Sendable {
        let status: Int
        let description: String
        let type: String
        let schema: String?

        static func json(_ status: Int, _ description: String, _ schema: String) -> Answers {
            Answers(status: status, description: description, type: "application/json", schema: schema)
        }

        static func error(_ status: Int, _ description: String) -> Answers { .json(status, description, "Error") }

        static func other(_ status: Int, _ description: String, _ type: String) -> Answers {
            Answers(status: status, description: description, type: type, schema: nil)
        }
    }

    static let endpoints: [Endpoint] = [
        Endpoint(
            .post, "facts", "Takes one fact or a batch; each is answered when it is durable, in the order sent.",
            body: ["application/cloudevents+json", "application/cloudevents-batch+json", "application/jose+json"],
            answers: [
                .json(200, "A batch: each fact's index or error. One fact: it was there already.", "Outcomes"),
                .json(201, "One fact was taken.", "Outcome"),
                .error(400, "Malformed, or an attribute is wrong."), .error(401, "No source has this token."),
                .error(403, "The source may not say this, was revoked, or its signature does not verify."),
                .error(408, "The body did not arrive in time."), .error(409, "The state does not allow this decision."),
                .error(413, "Too large."), .error(422, "The fact breaks its schema, or its type is unknown."),
                .error(429, "Too much is waiting; nothing was taken; see Retry-After."),
                .error(503, "Shutting down, or the store failed; send it again."),
            ],
            handler: { FactsEndpoint(context: $0).post }),
        Endpoint(
            .get, "facts/:index", path: "/facts/{index}", "A fact as it is kept, with its proof.",
            parameters: [index],
            answers: [.json(200, "The fact.", "LoggedFact"), .error(404, "The log has no such fact.")],
            handler: { FactsEndpoint(context: $0).get }),
        Endpoint(
            .get, "facts/:index/proof", path: "/facts/{index}/proof",
            "The proof that the fact stands in the log (C2SP tlog-proof).", parameters: [index],
            answers: [
                .other(200, "A .tlog-proof.", "text/plain"), .error(404, "The log has no such fact."),
                .error(503, "No checkpoint covers it yet; one is signed within a second."),
            ],
            handler: { FactsEndpoint(context: $0).proof }),
        Endpoint(
            .get, "log/:district/**", path: "/log/{district}/{resource}",
            "The public log (C2SP tlog-tiles): checkpoint, tile/L/N[.p/W], tile/entries/N[.p/W].",
            parameters: [
                Parameter(name: "district", place: "path", type: "string", description: "The district's name."),
                Parameter(
                    name: "resource", place: "path", type: "string",
                    description: "checkpoint, or a tile's path, slashes included."),
            ],
            answers: [
                .other(200, "The checkpoint.", "text/plain"),
                .error(404, "There is no such resource."),
            ],
            handler: { LogEndpoint(context: $0).get }),
        Endpoint(
            .get, "events", "New facts as server-sent events; resumes by index.",
            parameters: [
                Parameter(name: "from", place: "query", type: "integer", description: "The first index wanted."),
                Parameter(
                    name: "lossy", place: "query", type: "integer",
                    description: "1: a reader that cannot keep up is brought to the end, told by an event 'skipped'."),
                Parameter(
                    name: "Last-Event-ID", place: "header", type: "integer", description: "The last index seen."),
            ],
            answers: [
                .other(200, "The stream.", "text/event-stream"), .error(400, "The index is no index."),
                .error(503, "Too many streams are open."),
            ],
            handler: { EventsEndpoint(context: $0).get }),
        Endpoint(
            .get, "status", "The log and its sources.", answers: [.json(200, "The status.", "Status")],
            handler: { StatusEndpoint(context: $0).get }),
        Endpoint(
            .get, "healthz", "Whether the process answers.", answers: [.json(200, "It does.", "Health")],
            handler: { StatusEndpoint(context: $0).health }),
        Endpoint(
            .get, "metrics", "Counters in Prometheus' text format.",
            answers: [.other(200, "The counters.", "text/plain")],
            handler: { StatusEndpoint(context: $0).metrics }),
        Endpoint(
            .get, "openapi.json", "This description.", answers: [.json(200, "OpenAPI 3.1.", "Description")],
            handler: { _ in { _, _ in Answer.json(description) } }),
    ]

    private static let index = Parameter(
        name: "index", place: "path", type: "integer", description: "The fact's place in the log, from 0.")
}
