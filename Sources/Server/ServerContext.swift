import Foundation
import Logging
import Operations

/// How the server is set up.
public struct ServerConfiguration: Sendable {
    /// Where it listens.
    public var host: String
    /// 0 takes any free port.
    public var port: Int
    /// The folder with the pages.
    public var web: String
    /// The token of whoever can read the district's own files; nil lets nobody in that way.
    public var ownerToken: String?
    /// How long a client may take over a request's body, in seconds.
    public var bodyTimeoutSeconds: Int

    /// A server's set-up.
    public init(
        host: String, port: Int, web: String, ownerToken: String? = nil, bodyTimeoutSeconds: Int = 30
    ) {
        self.host = host
        self.port = port
        self.web = web
        self.ownerToken = ownerToken
        self.bodyTimeoutSeconds = bodyTimeoutSeconds
    }
}

/// What every endpoint works with.
struct ServerContext: Sendable {
    let district: RunningDistrict
    let log: PublicLog
    let configuration: ServerConfiguration
    let metrics = Metrics()
    let bodies: BodyReader
    let pages: Pages
    let started = Date()

    init(district: RunningDistrict, configuration: ServerConfiguration) throws {
        self.district = district
        self.configuration = configuration
        bodies = BodyReader(timeoutSeconds: configuration.bodyTimeoutSeconds)
        log = PublicLog(district)
        pages = try Pages(folder: configuration.web)
    }
}
