/// Where a server stands: `http://host[:port][/prefix]`. No TLS: a reverse proxy on the same machine terminates it.
struct BaseURL: Hashable, Sendable {
    let host: String
    let port: Int
    /// Path before every route, without a slash at its end; empty for none.
    let prefix: String

    init(_ text: String) throws(ClientError) {
        let scheme = "http://"
        guard text.hasPrefix(scheme) else { throw .badURL(text) }
        let rest = text.dropFirst(scheme.count)
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        var authority = rest[..<slash]
        var path = rest[slash...]
        while path.last == "/" { path.removeLast() }

        var host = authority
        if authority.first == "[" {
            guard let end = authority.firstIndex(of: "]") else { throw .badURL(text) }
            host = authority[authority.index(after: authority.startIndex)..<end]
            authority = authority[authority.index(after: end)...]
        } else {
            host = authority.prefix { $0 != ":" }
            authority = authority[host.endIndex...]
        }
        var port = 80
        if authority.first == ":" {
            let digits = authority.dropFirst()
            guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(digits),
                (1...65_535).contains(number)
            else { throw .badURL(text) }
            port = number
        } else if !authority.isEmpty {
            throw .badURL(text)
        }
        let isPlain = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "@") }
        guard !host.isEmpty, isPlain, !path.contains("?"), !path.contains("#") else { throw .badURL(text) }
        self.host = String(host)
        self.port = port
        self.prefix = String(path)
    }
}
