/// The schemas in force: every type that a fact may have at one point of the log.
public struct SchemaSet: Sendable {
    /// The types, in order of their first adoption. A type's number here stays the same for the life of the log.
    public private(set) var types: [FactType] = []
    /// Grows with each change, so that a fact read under older schemas is recognised.
    public private(set) var version = 0
    private var names = SymbolTable()

    /// No types.
    public init() {}

    /// The types that the platform itself speaks, then those given.
    public init(_ types: [FactType]) {
        adopt(types)
    }

    /// Puts types in force; one of the same name takes the place of the older.
    ///
    /// - Parameters:
    ///   - adopted: the types.
    ///   - version: the version that this makes, where a snapshot knows it; otherwise the next one.
    public mutating func adopt(_ adopted: [FactType], version: Int? = nil) {
        for type in adopted {
            let number = Array(type.name.utf8).withUnsafeBytes { names.intern($0) }
            if number < types.count { types[number] = type } else { types.append(type) }
        }
        self.version = version ?? self.version + 1
    }

    /// The number of the type of that name.
    public func number(of name: UnsafeRawBufferPointer) -> Int? { names.find(name) }

    /// The number of the type of that name.
    public func number(of name: String) -> Int? { names.find(name.utf8) }

    /// The type of that name.
    public subscript(name: String) -> FactType? { number(of: name).map { types[$0] } }
}
