#ifndef FAULTY_DISK_H
#define FAULTY_DISK_H

/// A SQLite VFS over the default one that fails on demand: for tests only.
///
/// Nothing happens to files whose path does not begin with an armed prefix.

/// The calls that are counted.
enum faulty_disk_call {
    FAULTY_DISK_WRITE = 1,
    FAULTY_DISK_SYNC = 2,
    FAULTY_DISK_TRUNCATE = 4,
    FAULTY_DISK_OPEN = 8,
    FAULTY_DISK_DELETE = 16,
    FAULTY_DISK_READ = 32,
    /// Growing the shared memory beside a WAL.
    FAULTY_DISK_SHARED_MEMORY = 64
};

/// What happens at the nth of them.
enum faulty_disk_fault {
    /// Counts only.
    FAULTY_DISK_NONE = 0,
    /// That call fails and does nothing; the ones after it work.
    FAULTY_DISK_FAILS_ONCE,
    /// That call and every counted one after it fail.
    FAULTY_DISK_FAILS_FROM,
    /// That call and every counted one after it find the disk full.
    FAULTY_DISK_FULL_FROM,
    /// A power cut: that write leaves its first half, everything after it fails.
    FAULTY_DISK_TORN,
    /// A power cut: whatever was written since a file's last sync is gone, everything after it fails.
    FAULTY_DISK_CUT
};

/// Makes the VFS the default one; once a process, before its first connection. 0 if that worked.
int faulty_disk_register(void);

/// Arms a fault for files whose path begins with `prefix`, at the nth call (from 1) that `calls` counts.
/// Returns a handle, or -1 when too many are armed.
int faulty_disk_arm(const char *prefix, int calls, int nth, enum faulty_disk_fault fault);

/// How many calls were counted.
int faulty_disk_count(int handle);

/// Whether the fault has happened.
int faulty_disk_happened(int handle);

/// Ends a fault; the disk is sound again.
void faulty_disk_disarm(int handle);

#endif
