#include "faulty_disk.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#define MAXIMUM_ARMED 64

/* What a write or truncation since the last sync put out of sight. */
struct undo {
    struct undo *before;
    sqlite3_int64 offset;
    sqlite3_int64 size_before;
    int count;
    unsigned char bytes[];
};

struct faulty_file {
    sqlite3_file base;
    char *path;
    struct undo *undo;
    struct faulty_file *next;
    sqlite3_file *real;
};

struct armed {
    char *prefix;
    int calls;
    int nth;
    enum faulty_disk_fault fault;
    int count;
    int happened;
};

/* Guards everything below. Held across the real call, so that a power cut hits all files at one moment. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct armed armed[MAXIMUM_ARMED];
static struct faulty_file *open_files;
static sqlite3_vfs *real_vfs;

static struct armed *armed_for(const char *path) {
    if (!path) return NULL;
    for (int i = 0; i < MAXIMUM_ARMED; i++)
        if (armed[i].prefix && !strncmp(path, armed[i].prefix, strlen(armed[i].prefix))) return &armed[i];
    return NULL;
}

/* MARK: The power cut */

static void forget_undo(struct faulty_file *file) {
    while (file->undo) {
        struct undo *last = file->undo;
        file->undo = last->before;
        free(last);
    }
}

/* Keeps what stands in a range before it is overwritten. */
static void keep_undo(struct faulty_file *file, sqlite3_int64 offset, sqlite3_int64 count) {
    sqlite3_int64 size = 0;
    file->real->pMethods->xFileSize(file->real, &size);
    sqlite3_int64 kept = offset >= size ? 0 : (size - offset < count ? size - offset : count);
    struct undo *undo = malloc(sizeof(struct undo) + (size_t)kept);
    if (!undo) abort();
    undo->before = file->undo;
    undo->offset = offset;
    undo->size_before = size;
    undo->count = (int)kept;
    if (kept) file->real->pMethods->xRead(file->real, undo->bytes, (int)kept, offset);
    file->undo = undo;
}

static void lose_unsynced(struct armed *fault) {
    for (struct faulty_file *file = open_files; file; file = file->next) {
        if (armed_for(file->path) != fault) continue;
        const sqlite3_io_methods *real = file->real->pMethods;
        for (struct undo *undo = file->undo; undo; undo = undo->before) {
            if (undo->count) real->xWrite(file->real, undo->bytes, undo->count, undo->offset);
            real->xTruncate(file->real, undo->size_before);
        }
        forget_undo(file);
    }
}

/* MARK: The fault */

/* What a call must return instead of being made; SQLITE_OK if it is to be made. */
static int judge(struct armed *fault, int call, int error) {
    if (!fault) return SQLITE_OK;
    int is_power_cut = fault->fault == FAULTY_DISK_TORN || fault->fault == FAULTY_DISK_CUT;
    if (fault->happened && is_power_cut) return call == FAULTY_DISK_READ ? SQLITE_OK : error;
    if (!(fault->calls & call)) return SQLITE_OK;
    fault->count++;
    if (fault->fault == FAULTY_DISK_NONE || fault->count < fault->nth) return SQLITE_OK;
    if (fault->fault == FAULTY_DISK_FAILS_ONCE && fault->count > fault->nth) return SQLITE_OK;
    fault->happened = 1;
    if (fault->fault == FAULTY_DISK_CUT) lose_unsynced(fault);
    return fault->fault == FAULTY_DISK_FULL_FROM ? SQLITE_FULL : error;
}

/* MARK: Files */

#define REAL(file) ((struct faulty_file *)(file))->real
#define METHODS(file) REAL(file)->pMethods

static int faulty_close(sqlite3_file *base) {
    struct faulty_file *file = (struct faulty_file *)base;
    pthread_mutex_lock(&mutex);
    for (struct faulty_file **at = &open_files; *at; at = &(*at)->next)
        if (*at == file) {
            *at = file->next;
            break;
        }
    forget_undo(file);
    pthread_mutex_unlock(&mutex);
    int code = file->real->pMethods ? METHODS(base)->xClose(file->real) : SQLITE_OK;
    free(file->path);
    file->path = NULL;
    return code;
}

static int faulty_read(sqlite3_file *base, void *bytes, int count, sqlite3_int64 offset) {
    struct faulty_file *file = (struct faulty_file *)base;
    pthread_mutex_lock(&mutex);
    int code = judge(armed_for(file->path), FAULTY_DISK_READ, SQLITE_IOERR_READ);
    pthread_mutex_unlock(&mutex);
    return code == SQLITE_OK ? METHODS(base)->xRead(file->real, bytes, count, offset) : code;
}

static int faulty_write(sqlite3_file *base, const void *bytes, int count, sqlite3_int64 offset) {
    struct faulty_file *file = (struct faulty_file *)base;
    pthread_mutex_lock(&mutex);
    struct armed *fault = armed_for(file->path);
    int had_happened = fault && fault->happened;
    int code = judge(fault, FAULTY_DISK_WRITE, SQLITE_IOERR_WRITE);
    if (code == SQLITE_OK) {
        if (fault && fault->fault == FAULTY_DISK_CUT) keep_undo(file, offset, count);
        code = METHODS(base)->xWrite(file->real, bytes, count, offset);
    } else if (fault->fault == FAULTY_DISK_TORN && !had_happened) {
        METHODS(base)->xWrite(file->real, bytes, count / 2, offset);
    }
    pthread_mutex_unlock(&mutex);
    return code;
}

static int faulty_truncate(sqlite3_file *base, sqlite3_int64 size) {
    struct faulty_file *file = (struct faulty_file *)base;
    pthread_mutex_lock(&mutex);
    struct armed *fault = armed_for(file->path);
    int code = judge(fault, FAULTY_DISK_TRUNCATE, SQLITE_IOERR_TRUNCATE);
    if (code == SQLITE_OK) {
        if (fault && fault->fault == FAULTY_DISK_CUT) {
            sqlite3_int64 old = 0;
            METHODS(base)->xFileSize(file->real, &old);
            if (old > size) keep_undo(file, size, old - size);
        }
        code = METHODS(base)->xTruncate(file->real, size);
    }
    pthread_mutex_unlock(&mutex);
    return code;
}

static int faulty_sync(sqlite3_file *base, int flags) {
    struct faulty_file *file = (struct faulty_file *)base;
    pthread_mutex_lock(&mutex);
    int code = judge(armed_for(file->path), FAULTY_DISK_SYNC, SQLITE_IOERR_FSYNC);
    if (code == SQLITE_OK) {
        code = METHODS(base)->xSync(file->real, flags);
        if (code == SQLITE_OK) forget_undo(file);
    }
    pthread_mutex_unlock(&mutex);
    return code;
}

static int faulty_file_size(sqlite3_file *f, sqlite3_int64 *size) { return METHODS(f)->xFileSize(REAL(f), size); }
static int faulty_lock(sqlite3_file *f, int level) { return METHODS(f)->xLock(REAL(f), level); }
static int faulty_unlock(sqlite3_file *f, int level) { return METHODS(f)->xUnlock(REAL(f), level); }
static int faulty_reserved(sqlite3_file *f, int *out) { return METHODS(f)->xCheckReservedLock(REAL(f), out); }
static int faulty_control(sqlite3_file *f, int op, void *arg) { return METHODS(f)->xFileControl(REAL(f), op, arg); }
static int faulty_sector(sqlite3_file *f) { return METHODS(f)->xSectorSize(REAL(f)); }
static int faulty_traits(sqlite3_file *f) { return METHODS(f)->xDeviceCharacteristics(REAL(f)); }

static int faulty_shm_map(sqlite3_file *base, int page, int size, int extend, void volatile **out) {
    if (extend) {
        pthread_mutex_lock(&mutex);
        struct armed *fault = armed_for(((struct faulty_file *)base)->path);
        int code = judge(fault, FAULTY_DISK_SHARED_MEMORY, SQLITE_IOERR_SHMMAP);
        pthread_mutex_unlock(&mutex);
        if (code != SQLITE_OK) return code;
    }
    return METHODS(base)->xShmMap(REAL(base), page, size, extend, out);
}

static int faulty_shm_lock(sqlite3_file *f, int at, int n, int flags) {
    return METHODS(f)->xShmLock(REAL(f), at, n, flags);
}
static void faulty_shm_barrier(sqlite3_file *f) { METHODS(f)->xShmBarrier(REAL(f)); }
static int faulty_shm_unmap(sqlite3_file *f, int drop) { return METHODS(f)->xShmUnmap(REAL(f), drop); }

/* Version 2: with shared memory, without mapped reads, which would pass by the counting. */
static const sqlite3_io_methods methods = {
    2,
    faulty_close,
    faulty_read,
    faulty_write,
    faulty_truncate,
    faulty_sync,
    faulty_file_size,
    faulty_lock,
    faulty_unlock,
    faulty_reserved,
    faulty_control,
    faulty_sector,
    faulty_traits,
    faulty_shm_map,
    faulty_shm_lock,
    faulty_shm_barrier,
    faulty_shm_unmap,
    NULL,
    NULL,
};

/* MARK: The VFS */

static int faulty_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *base, int flags, int *out) {
    struct faulty_file *file = (struct faulty_file *)base;
    memset(file, 0, sizeof *file);
    file->real = (sqlite3_file *)(file + 1);
    memset(file->real, 0, (size_t)real_vfs->szOsFile);
    pthread_mutex_lock(&mutex);
    int code = judge(armed_for(path), FAULTY_DISK_OPEN, SQLITE_CANTOPEN);
    pthread_mutex_unlock(&mutex);
    if (code != SQLITE_OK) return code;
    code = real_vfs->xOpen(real_vfs, path, file->real, flags, out);
    if (code != SQLITE_OK) return code;
    file->path = path ? strdup(path) : NULL;
    pthread_mutex_lock(&mutex);
    file->next = open_files;
    open_files = file;
    pthread_mutex_unlock(&mutex);
    file->base.pMethods = &methods;
    return SQLITE_OK;
}

static int faulty_delete(sqlite3_vfs *vfs, const char *path, int sync) {
    pthread_mutex_lock(&mutex);
    int code = judge(armed_for(path), FAULTY_DISK_DELETE, SQLITE_IOERR_DELETE);
    pthread_mutex_unlock(&mutex);
    return code == SQLITE_OK ? real_vfs->xDelete(real_vfs, path, sync) : code;
}

static int faulty_access(sqlite3_vfs *vfs, const char *path, int flags, int *out) {
    return real_vfs->xAccess(real_vfs, path, flags, out);
}
static int faulty_full_path(sqlite3_vfs *vfs, const char *path, int count, char *out) {
    return real_vfs->xFullPathname(real_vfs, path, count, out);
}
static int faulty_randomness(sqlite3_vfs *vfs, int count, char *out) {
    return real_vfs->xRandomness(real_vfs, count, out);
}
static int faulty_sleep(sqlite3_vfs *vfs, int microseconds) { return real_vfs->xSleep(real_vfs, microseconds); }
static int faulty_last_error(sqlite3_vfs *vfs, int count, char *out) {
    return real_vfs->xGetLastError ? real_vfs->xGetLastError(real_vfs, count, out) : 0;
}
static int faulty_time(sqlite3_vfs *vfs, double *out) { return real_vfs->xCurrentTime(real_vfs, out); }
static int faulty_time_ms(sqlite3_vfs *vfs, sqlite3_int64 *out) {
    return real_vfs->xCurrentTimeInt64(real_vfs, out);
}

static int registered = SQLITE_ERROR;

static void register_once(void) {
    static sqlite3_vfs vfs;
    real_vfs = sqlite3_vfs_find(NULL);
    if (!real_vfs || real_vfs->iVersion < 2) return;
    vfs.iVersion = 2;
    vfs.szOsFile = (int)sizeof(struct faulty_file) + real_vfs->szOsFile;
    vfs.mxPathname = real_vfs->mxPathname;
    vfs.zName = "faulty-disk";
    vfs.xOpen = faulty_open;
    vfs.xDelete = faulty_delete;
    vfs.xAccess = faulty_access;
    vfs.xFullPathname = faulty_full_path;
    vfs.xRandomness = faulty_randomness;
    vfs.xSleep = faulty_sleep;
    vfs.xGetLastError = faulty_last_error;
    vfs.xCurrentTime = faulty_time;
    vfs.xCurrentTimeInt64 = faulty_time_ms;
    registered = sqlite3_vfs_register(&vfs, 1);
}

int faulty_disk_register(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, register_once);
    return registered;
}

int faulty_disk_arm(const char *prefix, int calls, int nth, enum faulty_disk_fault fault) {
    int handle = -1;
    pthread_mutex_lock(&mutex);
    for (int i = 0; i < MAXIMUM_ARMED && handle < 0; i++) {
        if (armed[i].prefix) continue;
        armed[i] = (struct armed){strdup(prefix), calls, nth, fault, 0, 0};
        handle = i;
    }
    pthread_mutex_unlock(&mutex);
    return handle;
}

int faulty_disk_count(int handle) {
    pthread_mutex_lock(&mutex);
    int count = armed[handle].count;
    pthread_mutex_unlock(&mutex);
    return count;
}

int faulty_disk_happened(int handle) {
    pthread_mutex_lock(&mutex);
    int happened = armed[handle].happened;
    pthread_mutex_unlock(&mutex);
    return happened;
}

void faulty_disk_disarm(int handle) {
    pthread_mutex_lock(&mutex);
    free(armed[handle].prefix);
    armed[handle] = (struct armed){0};
    pthread_mutex_unlock(&mutex);
}
