/// Writes the state in its one encoding: integers big endian, lengths before what they measure, lists in a stated order.
struct CanonicalEncoder {
    private(set) var bytes: [UInt8] = []

    mutating func write(_ value: UInt64) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func write(_ value: Int64) { write(UInt64(bitPattern: value)) }

    mutating func write(_ value: Bool) { bytes.append(value ? 1 : 0) }

    mutating func write(_ value: [UInt8]) {
        write(UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    mutating func write(_ value: String) { write(Array(value.utf8)) }

    mutating func write<Value>(_ value: Value?, _ body: (inout CanonicalEncoder, Value) -> Void) {
        write(value != nil)
        if let value { body(&self, value) }
    }

    mutating func write<Element>(
        _ list: some Collection<Element>, _ body: (inout CanonicalEncoder, Element) -> Void
    ) {
        write(UInt64(list.count))
        for element in list { body(&self, element) }
    }
}

/// Reads what `CanonicalEncoder` wrote; refuses anything that it could not have written.
struct CanonicalDecoder {
    struct Malformed: Error {}

    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func unsigned() throws -> UInt64 {
        guard bytes.count - position >= 8 else { throw Malformed() }
        defer { position += 8 }
        return bytes.withUnsafeBytes {
            UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: position, as: UInt64.self))
        }
    }

    mutating func signed() throws -> Int64 { Int64(bitPattern: try unsigned()) }

    /// A number of things or a place in the log; none that a log can reach is near the bound, and adding to it is safe.
    mutating func count() throws -> UInt64 {
        let value = try unsigned()
        guard value <= 1 << 53 else { throw Malformed() }
        return value
    }

    /// A time by the log's clock: 1970 to 9999.
    mutating func time() throws -> Int64 {
        let value = try signed()
        guard (0...253_402_300_799_999).contains(value) else { throw Malformed() }
        return value
    }

    /// How long a source may be quiet: whole seconds, as its registration says.
    mutating func silence() throws -> Int64 {
        let value = try signed()
        guard (1000...31_536_000_000).contains(value), value % 1000 == 0 else { throw Malformed() }
        return value
    }

    mutating func bool() throws -> Bool {
        guard position < bytes.count, bytes[position] <= 1 else { throw Malformed() }
        defer { position += 1 }
        return bytes[position] == 1
    }

    mutating func data() throws -> [UInt8] {
        let count = try unsigned()
        guard count <= UInt64(bytes.count - position) else { throw Malformed() }
        defer { position += Int(count) }
        return Array(bytes[position..<position + Int(count)])
    }

    mutating func string() throws -> String {
        guard let string = String(validating: try data(), as: UTF8.self) else { throw Malformed() }
        return string
    }

    mutating func optional<Value>(_ body: (inout CanonicalDecoder) throws -> Value) throws -> Value? {
        try bool() ? try body(&self) : nil
    }

    mutating func list<Element>(_ body: (inout CanonicalDecoder) throws -> Element) throws -> [Element] {
        let count = try unsigned()
        // Each element takes a byte at least, so a wrong count cannot ask for more memory than the text has.
        guard count <= UInt64(bytes.count - position) else { throw Malformed() }
        var list: [Element] = []
        // A wrong count below that bound must not ask for much memory either: an element in memory is larger than a byte.
        list.reserveCapacity(Int(min(count, 4096)))
        for _ in 0..<count { list.append(try body(&self)) }
        return list
    }

    func expectEnd() throws {
        guard position == bytes.count else { throw Malformed() }
    }
}
