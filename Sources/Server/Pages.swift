import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// The pages, read once at start: plain files, no template, no build step.
struct Pages: Sendable {
    private let files: [String: (bytes: [UInt8], type: String)]

    /// What the browser may load: this server's own files and nothing else.
    private static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        + "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

    private static let types = [
        "html": "text/html; charset=utf-8", "js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8",
        "svg": "image/svg+xml", "png": "image/png", "json": "application/json",
    ]

    struct MissingFolder: Error, CustomStringConvertible {
        let folder: String
        var description: String { "the pages are not at \(folder); name their folder with --web" }
    }

    init(folder: String) throws {
        // A walk does not follow a link at its own root.
        let root = URL(fileURLWithPath: folder).resolvingSymlinksInPath()
        guard let walk = FileManager.default.enumerator(at: root, includingPropertiesForKeys: [.isRegularFileKey]),
            FileManager.default.fileExists(atPath: folder + "/status/index.html")
        else { throw MissingFolder(folder: folder) }
        var files: [String: (bytes: [UInt8], type: String)] = [:]
        for case let url as URL in walk {
            guard let type = Self.types[url.pathExtension], let data = try? Data(contentsOf: url) else { continue }
            let path = url.standardizedFileURL.path.dropFirst(root.standardizedFileURL.path.count + 1)
            files[String(path)] = ([UInt8](data), type)
        }
        self.files = files
    }

    func response(_ path: String) -> Response? {
        guard let file = files[path] else { return nil }
        var headers: HTTPFields = [
            .contentType: file.type, .cacheControl: "no-cache", .xContentTypeOptions: "nosniff",
            .contentSecurityPolicy: Self.policy,
        ]
        if let name = HTTPField.Name("Referrer-Policy") { headers[name] = "no-referrer" }
        return Response(
            status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: file.bytes)))
    }
}
