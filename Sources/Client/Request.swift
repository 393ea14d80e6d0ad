/// One HTTP/1.1 request. `Host` and `Content-Length` are added when it is sent.
public struct Request: Sendable {
    /// The method, upper case.
    public var method: String
    /// The path with its query, percent-encoded, from the first `/`.
    public var path: String
    /// Further headers, in order.
    public var headers: [(name: String, value: String)]
    /// The body; empty for none.
    public var body: [UInt8]

    /// A request.
    public init(
        _ method: String, _ path: String, headers: [(name: String, value: String)] = [], body: [UInt8] = []
    ) {
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
    }

    /// A header or path with a line break would let its content become another request.
    func validate() throws(ClientError) {
        guard method.utf8.allSatisfy({ (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }), !method.isEmpty else {
            throw .badRequest("method")
        }
        guard path.utf8.first == UInt8(ascii: "/"), path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw .badRequest("path")
        }
        for header in headers {
            let isToken = header.name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") }
            guard isToken, !header.name.isEmpty, header.value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
                throw .badRequest("header \(header.name)")
            }
        }
    }
}
