public import Storage

/// Runs a store through the contract of `FactStore` and says which clauses it breaks.
///
/// What a crash does to a store shows only with the means of its own disk; everything else is asked here.
public struct FactStoreConformance {
    /// A clause that does not hold.
    public struct Breach: Error, Equatable, Sendable, CustomStringConvertible {
        /// The clause of the contract.
        public let clause: Clause
        /// What was seen.
        public let seen: String

        /// Clause and what was seen.
        public var description: String { "\(clause.rawValue): \(seen)" }
    }

    /// The clauses of the contract.
    public enum Clause: String, CaseIterable, Sendable {
        /// Facts are appended at the end only, without gaps.
        case order
        /// A batch is there whole or not at all.
        case atomicity
        /// What was appended is there after closing and opening.
        case durability
        /// Readers see committed batches only, each in full.
        case visibility
        /// Bytes come back as they were given; what cannot be read is an error.
        case faithfulness
    }

    /// A store, and how to open it again after it was closed.
    public struct Place {
        /// The store, empty.
        public let store: any FactStore
        /// Opens it again.
        public let reopen: () throws -> any FactStore

        /// A store, and how to open it again.
        public init(_ store: any FactStore, reopen: @escaping () throws -> any FactStore) {
            self.store = store
            self.reopen = reopen
        }
    }

    private let fresh: () throws -> Place

    /// - Parameter fresh: makes an empty store, a new one each time.
    public init(_ fresh: @escaping () throws -> Place) { self.fresh = fresh }

    /// Runs all checks; an empty list means that the contract holds as far as it can be asked.
    public func run() -> [Breach] {
        let checks: [(inout StoreExamination) throws -> Void] = [
            { try $0.checkEmpty() }, { try $0.checkRoundTrip() }, { try $0.checkOrder() }, { try $0.checkKeyRuns() },
            { try $0.checkSnapshots() }, { try $0.checkCheckpoint() }, { try $0.checkRanges() },
            { try $0.checkVisibility() },
        ]
        return checks.flatMap { check in
            do {
                var examination = StoreExamination(try fresh())
                do {
                    try check(&examination)
                } catch {
                    examination.note(.faithfulness, "a call that must work failed: \(error)")
                }
                try? examination.store.close()
                return examination.breaches
            } catch {
                return [Breach(clause: .durability, seen: "no store could be made: \(error)")]
            }
        }
    }
}
