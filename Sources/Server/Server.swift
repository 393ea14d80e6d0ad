import District
import Facts
import HTTPTypes
public import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
import NIOPosix
public import Operations
import ServiceLifecycle

/// The HTTP server of one running district.
public enum Server {
    /// Connections beyond this wait to be accepted. Half of the usual limit of open files, so that the store, the guard and
    /// the keys can always be opened.
    static let maximumConnections = 512

    /// The server as a service: stop it before the district, so that every request it took is answered.
    ///
    /// - Parameters:
    ///   - district: the district.
    ///   - configuration: where to listen, and with which pages.
    ///   - logger: for the few lines that it writes.
    ///   - onListening: called with the port once it accepts connections.
    public static func application(
        _ district: RunningDistrict, _ configuration: ServerConfiguration, logger: Logger,
        onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) throws -> some ApplicationProtocol {
        let context = try ServerContext(district: district, configuration: configuration)
        return Application(
            router: router(context),
            // A connection that says nothing for this long is closed.
            server: .http1(configuration: .init(idleTimeout: .seconds(75))),
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port), serverName: "jianghan",
                availableConnectionsDelegate: MaximumAvailableConnections(Self.maximumConnections)),
            onServerRunning: { channel in await onListening(channel.localAddress?.port ?? configuration.port) },
            logger: logger)
    }

    /// Whoever tries another of these than a route has is told the right one; each route has one.
    private static let methods: [HTTPRequest.Method] = [.get, .post, .put, .patch, .delete]

    /// Every route of the API with its description stands in `API.endpoints`; here each gets its handler, at the root
    /// and under the district's name.
    private static func router(_ context: ServerContext) -> Router<BasicRequestContext> {
        let router = Router(options: .autoGenerateHeadEndpoints)
        router.add(middleware: Failures())
        let name = context.district.founding.name
        for endpoint in API.endpoints {
            let handler = endpoint.handler(context)
            for prefix in ["", "/\(name)"] {
                router.on(RouterPath(prefix + endpoint.route), method: endpoint.method) { request, requestContext in
                    try await handler(request, requestContext)
                }
                for method in Self.methods where method != endpoint.method {
                    router.on(RouterPath(prefix + endpoint.route), method: method) { _, _ in
                        Failures.notAllowed(only: endpoint.method)
                    }
                }
            }
        }
        router.get("/") { _, _ in
            context.pages.response("status/index.html") ?? Failures.notFound
        }
        router.get("/status/:file") { _, requestContext in
            context.pages.response("status/" + (requestContext.parameters.get("file") ?? "")) ?? Failures.notFound
        }
        return router
    }
}

/// Answers what no endpoint answered: unknown routes, and errors that are the server's own fault.
private struct Failures<Context: RequestContext>: RouterMiddleware {
    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as any HTTPResponseError {
            guard error.status == .notFound else { throw error }
            return Failures<BasicRequestContext>.notFound
        } catch {
            context.logger.error("a request failed", metadata: ["path": "\(request.uri.path)", "error": "\(error)"])
            return Answer.error(.internalServerError, code: "internal", message: "the server failed; see its log")
        }
    }
}

extension Failures where Context == BasicRequestContext {
    static var notFound: Response {
        Answer.error(.notFound, code: "not-found", message: "no such route; see /openapi.json")
    }

    /// RFC 9110 section 15.5.6: with the method that is allowed.
    static func notAllowed(only method: HTTPRequest.Method) -> Response {
        var response = Answer.error(
            .methodNotAllowed, code: "method", message: "this route takes \(method.rawValue) only")
        response.headers[.allow] = method.rawValue
        return response
    }
}
