/* A disk that fails on demand: loaded before a server (LD_PRELOAD), it lets every write or synchronisation of the
 * database and its write-ahead log fail while the file named by DISK_FAILS exists. Its first letter chooses how: "full"
 * as a disk without room, "error" as a broken one, "sync" as one that takes writes and cannot keep them. "read FROM TO ERROR"
 * fails reads instead, with this error: those of the database's bytes from one to before the other. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define REAL(name) \
    static __typeof__(name) *real; \
    if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

static int ends_with(const char *path, const char *end) {
    size_t length = strlen(path), tail = strlen(end);
    return length >= tail && !strcmp(path + length - tail, end);
}

/* The order for a file of the database at the moment; empty for other files, and while all is well. */
static void read_order(int fd, char *text, size_t size) {
    text[0] = 0;
    const char *wanted = getenv("DISK_FAILS");
    int order = wanted ? syscall(SYS_openat, AT_FDCWD, wanted, O_RDONLY | O_CLOEXEC) : -1;
    if (order < 0) return;
    char link[64], path[4096];
    ssize_t length = syscall(SYS_read, order, text, size - 1);
    text[length < 0 ? 0 : length] = 0;
    syscall(SYS_close, order);
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    length = readlink(link, path, sizeof path - 1);
    path[length < 0 ? 0 : length] = 0;
    if (!ends_with(path, ".db") && !ends_with(path, ".db-wal")) text[0] = 0;
}

static char failure(int fd) {
    char order[64];
    read_order(fd, order, sizeof order);
    return order[0];
}

static int refuses_read(int fd, off64_t offset, size_t length) {
    char order[64];
    long from, to;
    int error;
    read_order(fd, order, sizeof order);
    if (sscanf(order, "read %ld %ld %d", &from, &to, &error) != 3) return 0;
    if (offset >= to || offset + (off64_t)length <= from) return 0;
    errno = error;
    return 1;
}

static int refuses_writes(int fd) {
    char how = failure(fd);
    if (how == 'f') errno = ENOSPC;
    if (how == 'e') errno = EIO;
    return how == 'f' || how == 'e';
}

ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset) {
    REAL(pwrite64);
    return refuses_writes(fd) ? -1 : real(fd, data, length, offset);
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) { return pwrite64(fd, data, length, offset); }

ssize_t write(int fd, const void *data, size_t length) {
    REAL(write);
    return refuses_writes(fd) ? -1 : real(fd, data, length);
}

ssize_t pread64(int fd, void *data, size_t length, off64_t offset) {
    REAL(pread64);
    return refuses_read(fd, offset, length) ? -1 : real(fd, data, length, offset);
}

ssize_t pread(int fd, void *data, size_t length, off_t offset) { return pread64(fd, data, length, offset); }

ssize_t read(int fd, void *data, size_t length) {
    REAL(read);
    return refuses_read(fd, lseek(fd, 0, SEEK_CUR), length) ? -1 : real(fd, data, length);
}

int fsync(int fd) {
    REAL(fsync);
    if (failure(fd) != 's') return real(fd);
    errno = EIO;
    return -1;
}

int fdatasync(int fd) { return fsync(fd); }
