import Facts
import HTTPTypes
import Hummingbird
import NIOCore
import Operations

/// The bodies that the server answers with, each made in one place.
enum Answer {
    static func json(
        _ bytes: [UInt8], status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
    ) -> Response {
        var headers = headers
        headers[.contentType] = "application/json; charset=utf-8"
        if headers[.cacheControl] == nil { headers[.cacheControl] = "no-store" }
        return octetBody(bytes, status: status, headers: headers)
    }

    static func json(_ value: JSONValue, status: HTTPResponse.Status = .ok) -> Response {
        json(value.text, status: status)
    }

    static func text(_ text: String, caching: String = "no-store") -> Response {
        octetBody(
            Array(text.utf8), status: .ok,
            headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: caching])
    }

    static func octets(_ bytes: [UInt8], caching: String) -> Response {
        octetBody(bytes, status: .ok, headers: [.contentType: "application/octet-stream", .cacheControl: caching])
    }

    private static func octetBody(_ bytes: [UInt8], status: HTTPResponse.Status, headers: HTTPFields) -> Response {
        var headers = headers
        // A body is what its type says, whatever it looks like to a browser.
        headers[.xContentTypeOptions] = "nosniff"
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    // MARK: Errors

    static func error(_ refusal: Refusal) -> Response {
        var response = json(.object([.init("error", refusal.json)]), status: refusal.status)
        // RFC 9110 section 15.5.2: a 401 says how to do better.
        if refusal.status == .unauthorized { response.headers[.wwwAuthenticate] = "Bearer" }
        return response
    }

    static func error(_ status: HTTPResponse.Status, code: String, message: String) -> Response {
        json(
            .object([
                .init("error", .object([.init("code", .string(code)), .init("message", .string(message))]))
            ]), status: status)
    }

    static func error(_ error: SubmissionError) -> Response {
        switch error {
        case .busy(let seconds):
            var response = Answer.error(.tooManyRequests, code: "busy", message: error.description)
            response.headers[.retryAfter] = "\(seconds)"
            return response
        case .stopping:
            return Answer.error(.serviceUnavailable, code: "stopping", message: error.description)
        case .failed:
            return Answer.error(.serviceUnavailable, code: "store", message: error.description)
        }
    }

    // MARK: Outcomes

    /// One fact's outcome as JSON, written without a tree: a batch has hundreds.
    static func write(_ outcome: Outcome, to output: inout [UInt8]) {
        switch outcome {
        case .accepted(let index):
            output += "{\"index\":".utf8
            output += String(index).utf8
            output += "}".utf8
        case .duplicate(let index):
            output += "{\"index\":".utf8
            output += String(index).utf8
            output += ",\"duplicate\":true}".utf8
        case .refused(let refusal):
            JSONValue.object([.init("error", refusal.json)]).write(to: &output)
        }
    }
}

extension Refusal {
    var json: JSONValue {
        .object([
            .init("code", .string(code.rawValue)), .init("field", .string(field)), .init("rule", .string(rule)),
            .init("message", .string(message)),
        ])
    }

    /// The status that a single fact's refusal is answered with.
    var status: HTTPResponse.Status {
        switch code {
        case .malformed, .attribute: .badRequest
        case .unknownType, .schema: .unprocessableContent
        case .tooLarge: .contentTooLarge
        case .unauthenticated: .unauthorized
        case .revoked, .forbidden, .signature: .forbidden
        case .conflict: .conflict
        }
    }
}
