import Foundation

/// Where bytes come from, a chunk at a time.
enum ByteSource {
    case file(FileHandle)
    /// Bytes in memory, in pieces of a given size.
    case memory(ArraySlice<UInt8>, chunk: Int)

    /// The next bytes; empty at the end.
    mutating func read() throws -> [UInt8] {
        switch self {
        case .file(let handle):
            return [UInt8](try handle.read(upToCount: SensingLimits.chunkBytes) ?? Data())
        case .memory(let bytes, let chunk):
            let piece = bytes.prefix(max(1, chunk))
            self = .memory(bytes.dropFirst(piece.count), chunk: chunk)
            return Array(piece)
        }
    }
}
