/// One fact made of one row: a CloudEvents 1.0 JSON object, encoded once.
///
/// Members stand in the order specversion, id, source, type, subject, time, data, private (the last only when there is
/// one); there is no white space. The same row and mapping always give the same bytes, so a repeated import is idempotent.
public struct MappedFact: Sendable, Equatable {
    /// The bytes of the JSON object, UTF-8: at most 65,535 without the private part, and as many in it.
    public let json: [UInt8]
    /// The fact's type, as `call.received`.
    public let type: String
    /// The fact's id, unique within its source.
    public let id: String
    /// Milliseconds since 1970 UTC: the fact's `time`.
    public let time: Int64
    /// Name of the file, without its folder.
    public let file: String
    /// Line of the file on which the row begins, from 1.
    public let line: Int
}
