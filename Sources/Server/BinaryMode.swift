import Facts
import Foundation
import HTTPTypes

/// CloudEvents' binary mode: attributes in `ce-` headers, `data` as the body (HTTP protocol binding 1.0, section 3.1).
///
/// There is no object to keep byte for byte, so one is written: attributes in the order of their names, then `data` as
/// it arrived. The same request always gives the same body.
enum BinaryMode {
    static func isBinary(_ headers: HTTPFields) -> Bool {
        headers.contains { $0.name.canonicalName == "ce-specversion" }
    }

    static func object(headers: HTTPFields, data: [UInt8]) throws(Refusal) -> [UInt8] {
        if let type = headers[.contentType], !type.lowercased().hasPrefix("application/json") {
            throw Refusal(.attribute, field: "Content-Type", rule: "a binary event's data is application/json")
        }
        var attributes: [String: String] = [:]
        for field in headers where field.name.canonicalName.hasPrefix("ce-") {
            let name = String(field.name.canonicalName.dropFirst(3))
            guard name != "private", name != "data" else {
                throw Refusal(.attribute, field: "ce-\(name)", rule: "is not an attribute")
            }
            guard let value = field.value.removingPercentEncoding else {
                throw Refusal(.attribute, field: "ce-\(name)", rule: "is not percent-encoded UTF-8")
            }
            guard attributes.updateValue(value, forKey: name) == nil else {
                throw Refusal(.attribute, field: "ce-\(name)", rule: "stands twice")
            }
        }
        guard data.count <= FactReader.maximumBody else {
            throw Refusal(.tooLarge, field: "data", rule: "has at most \(FactReader.maximumBody) bytes")
        }
        do {
            if !data.isEmpty { _ = try JSONValue(parsing: data) }
        } catch {
            throw Refusal(.malformed, field: "data", rule: "\(error.rule) (byte \(error.offset))")
        }
        let names = attributes.keys.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
        var object: [UInt8] = [UInt8(ascii: "{")]
        for name in names {
            JSONValue.string(name).write(to: &object)
            object.append(UInt8(ascii: ":"))
            JSONValue.string(attributes[name] ?? "").write(to: &object)
            object.append(UInt8(ascii: ","))
        }
        guard !data.isEmpty else { return object.dropLast() + [UInt8(ascii: "}")] }
        return object + Array("\"data\":".utf8) + data + [UInt8(ascii: "}")]
    }
}
