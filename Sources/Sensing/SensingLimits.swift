/// The numbers of this target that are decisions, each with its reason.
enum SensingLimits {
    /// Bytes of one CSV field. Longer ones are nearly always an unclosed quote that swallows the file.
    static let fieldBytes = 256 * 1024
    /// Bytes of one CSV record; bounds what is read again after an unclosed quote.
    static let rowBytes = 1024 * 1024
    /// Bytes read from a file at once: large enough that system calls vanish beside the work, small enough for any machine.
    static let chunkBytes = 256 * 1024
    /// Bytes of a GeoJSON file, which is read whole (its features cannot be found without reading the JSON around them).
    static let geoJSONBytes = 512 * 1024 * 1024
    /// Nesting of JSON. A polygon needs 8 levels; deeper is an attack on the stack.
    static let jsonDepth = 64
    /// Bytes of one mapping file, written by hand.
    static let mappingBytes = 1024 * 1024
    /// Bytes of a fact without its private part, and of that part: what the platform takes.
    static let bodyBytes = 65_535
    static let privateBytes = 65_535
    /// Bytes of an id or a subject: what the platform takes.
    static let nameBytes = 256
    /// The largest whole number that a double holds with all its neighbours; the platform takes no larger one.
    static let wholeNumber: Int64 = 1 << 53
    /// Bytes of facts held back to sort one file by time.
    static let sortedBytes = 2 * 1024 * 1024 * 1024
    /// Days whose offset from UTC is remembered; a file with more different days starts over.
    static let cachedDays = 100_000
    /// Bytes of a refused value that a reason repeats.
    static let shownBytes = 40
    /// Folders below the data folder that are searched for files.
    static let folderDepth = 8
}
