/* A disk that can lose its power: loaded before a server (LD_PRELOAD), it notes every write to the database and its
 * write-ahead log in a journal beside the file, with what stood there before, and empties the journal when the file is
 * synchronised. After the server is killed the test takes back what the journal holds. With DISK_LIES set, synchronising
 * does nothing, as on a disk that reports a write before it has made it, and as with `synchronous=OFF`. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FILES 16
#define DESCRIPTORS 65536

/* One record of the journal; `before` old bytes and `length` new ones follow. A truncation has no new bytes. */
struct record {
    uint64_t is_truncation, offset, length, before, size;
};

static struct {
    char path[4096];
    int journal;
} files[FILES];
static int known;
static unsigned char file_of[DESCRIPTORS]; /* The number of the file plus one. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

#define REAL(name) \
    static __typeof__(name) *real; \
    if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

static int raw_open(const char *path, int flags) { return syscall(SYS_openat, AT_FDCWD, path, flags | O_CLOEXEC, 0644); }

static int ends_with(const char *path, const char *end) {
    size_t length = strlen(path), tail = strlen(end);
    return length >= tail && !strcmp(path + length - tail, end);
}

static int opened(int fd, const char *path) {
    if (fd < 0 || fd >= DESCRIPTORS || !(ends_with(path, ".db") || ends_with(path, ".db-wal"))) return fd;
    pthread_mutex_lock(&lock);
    int at = 0;
    while (at < known && strcmp(files[at].path, path)) at++;
    if (at == known && known < FILES) {
        char journal[4200];
        snprintf(files[at].path, sizeof files[at].path, "%s", path);
        snprintf(journal, sizeof journal, "%s.unsynced", path);
        files[at].journal = raw_open(journal, O_RDWR | O_CREAT | O_APPEND);
        if (files[at].journal < 0) abort();
        known++;
    }
    if (at == known) abort();
    file_of[fd] = at + 1;
    pthread_mutex_unlock(&lock);
    return fd;
}

static int is_watched(int fd) { return fd >= 0 && fd < DESCRIPTORS && file_of[fd]; }

/* Notes a change in one write, before it is made: what is cut short by a kill has not happened. */
static void note(int fd, int is_truncation, const void *data, uint64_t length, uint64_t offset) {
    struct stat now;
    /* Through the same descriptor: closing another one of the file would drop SQLite's locks on it. */
    if (fstat(fd, &now)) abort();
    uint64_t size = now.st_size, end = is_truncation ? size : offset + length;
    uint64_t before = offset < size ? (end < size ? end : size) - offset : 0;
    struct record record = {is_truncation, offset, length, before, size};
    char *bytes = malloc(sizeof record + before + length);
    memcpy(bytes, &record, sizeof record);
    if (before && pread(fd, bytes + sizeof record, before, offset) != (ssize_t)before) abort();
    if (length) memcpy(bytes + sizeof record + before, data, length);
    size_t whole = sizeof record + before + length;
    if (syscall(SYS_write, files[file_of[fd] - 1].journal, bytes, whole) != (long)whole) abort();
    free(bytes);
}

static int open_with(int (*real)(const char *, int, ...), const char *path, int flags, va_list rest) {
    int mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, int) : 0;
    return opened(real(path, flags, mode), path);
}

int open(const char *path, int flags, ...) {
    REAL(open);
    va_list rest;
    va_start(rest, flags);
    int fd = open_with(real, path, flags, rest);
    va_end(rest);
    return fd;
}

int open64(const char *path, int flags, ...) {
    REAL(open64);
    va_list rest;
    va_start(rest, flags);
    int fd = open_with(real, path, flags, rest);
    va_end(rest);
    return fd;
}

int close(int fd) {
    REAL(close);
    if (is_watched(fd)) file_of[fd] = 0;
    return real(fd);
}

ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset) {
    REAL(pwrite64);
    if (!is_watched(fd)) return real(fd, data, length, offset);
    pthread_mutex_lock(&lock);
    note(fd, 0, data, length, offset);
    ssize_t written = real(fd, data, length, offset);
    pthread_mutex_unlock(&lock);
    return written;
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) { return pwrite64(fd, data, length, offset); }

ssize_t write(int fd, const void *data, size_t length) {
    REAL(write);
    if (!is_watched(fd)) return real(fd, data, length);
    pthread_mutex_lock(&lock);
    note(fd, 0, data, length, lseek(fd, 0, SEEK_CUR));
    ssize_t written = real(fd, data, length);
    pthread_mutex_unlock(&lock);
    return written;
}

int ftruncate64(int fd, off64_t size) {
    REAL(ftruncate64);
    if (!is_watched(fd)) return real(fd, size);
    pthread_mutex_lock(&lock);
    note(fd, 1, NULL, 0, size);
    int done = real(fd, size);
    pthread_mutex_unlock(&lock);
    return done;
}

int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

/* It takes as long as the real disk does, so that the power can go meanwhile. */
int fsync(int fd) {
    REAL(fsync);
    if (!is_watched(fd)) return real(fd);
    if (getenv("DISK_LIES")) return 0;
    pthread_mutex_lock(&lock);
    int done = real(fd);
    if (!done) done = syscall(SYS_ftruncate, files[file_of[fd] - 1].journal, 0);
    pthread_mutex_unlock(&lock);
    return done;
}

int fdatasync(int fd) { return fsync(fd); }

/* A file that is removed takes its journal along. */
int unlink(const char *path) {
    REAL(unlink);
    pthread_mutex_lock(&lock);
    for (int at = 0; at < known; at++)
        if (!strcmp(files[at].path, path)) syscall(SYS_ftruncate, files[at].journal, 0);
    pthread_mutex_unlock(&lock);
    return real(path);
}
