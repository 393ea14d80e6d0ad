public import Storage

/// Why a district could not be opened.
public enum OpeningError: Error, Sendable {
    /// Another process writes it.
    case locked(String)
    /// The signing key is missing.
    case noKey(String)
    /// The store contradicts what was signed.
    case guardMismatch(String)
    /// The store itself.
    case store(StoreError)
    /// The log holds what this program cannot read.
    case unreadable(index: UInt64, String)
    /// What was to be made is there already, or may not be made so.
    case notMade(String)

    static func wrapping<Result>(_ body: () throws -> Result) throws(OpeningError) -> Result {
        do {
            return try body()
        } catch let error as OpeningError {
            throw error
        } catch let error as StoreError {
            throw .store(error)
        } catch {
            throw .store(.corrupt("\(error)"))
        }
    }
}

extension OpeningError: CustomStringConvertible {
    /// What happened, and what to do.
    public var description: String {
        switch self {
        case .locked(let detail), .noKey(let detail), .guardMismatch(let detail), .notMade(let detail): detail
        case .store(let error): error.description
        case .unreadable(let index, let detail):
            "fact \(index) of the log cannot be read (\(detail)); run 'jianghan audit'"
        }
    }
}
