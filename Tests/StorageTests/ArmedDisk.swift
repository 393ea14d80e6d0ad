import FaultyDisk
import Synchronization
import Testing

/// A fault that waits for one test's files; ends with the value at the latest.
final class ArmedDisk: Sendable {
    private let handle: Int32
    private let end = Mutex<Bool?>(nil)

    /// Every call that changes a file.
    static let writing =
        FAULTY_DISK_WRITE.rawValue | FAULTY_DISK_SYNC.rawValue | FAULTY_DISK_TRUNCATE.rawValue
        | FAULTY_DISK_OPEN.rawValue | FAULTY_DISK_DELETE.rawValue | FAULTY_DISK_SHARED_MEMORY.rawValue

    /// - Parameters:
    ///   - prefix: the path of the store.
    ///   - calls: which calls are counted.
    ///   - number: the one that fails, from 1.
    ///   - fault: how.
    init(_ prefix: String, calls: UInt32, number: Int32, fault: faulty_disk_fault) throws {
        try #require(faulty_disk_register() == 0)
        handle = faulty_disk_arm(prefix, Int32(calls), number, fault)
        try #require(handle >= 0, "too many faults at once")
    }

    /// Whether the fault has happened.
    var happened: Bool { end.withLock { $0 ?? (faulty_disk_happened(handle) == 1) } }

    /// The disk is sound again.
    func disarm() {
        end.withLock { end in
            guard end == nil else { return }
            end = faulty_disk_happened(handle) == 1
            faulty_disk_disarm(handle)
        }
    }

    deinit { disarm() }
}
