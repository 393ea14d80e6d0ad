extension Answer {
    /// Seconds to wait when `Retry-After` is absent or a date.
    private static let defaultRetrySeconds = 1.0
    /// What is shown of a body that is no error object.
    private static let shownBytes = 200

    /// The error that this answer is, when it is not the one that was hoped for.
    var rejection: ClientError {
        if status == 429 {
            let seconds = header("Retry-After").flatMap(Double.init) ?? Self.defaultRetrySeconds
            return .busy(retryAfterSeconds: seconds.isFinite ? max(0, seconds) : Self.defaultRetrySeconds)
        }
        if case .refused(let code, _, _, let message)? = try? AnswerScanner.one(body) {
            return .rejected(status: status, code: code, message: message)
        }
        return .rejected(
            status: status, code: "http", message: String(decoding: body.prefix(Self.shownBytes), as: UTF8.self))
    }
}
