/* A disk that fails on demand: loaded before a server (LD_PRELOAD), it lets every write or synchronisation of the
 * database and its write-ahead log fail while the file named by DISK_FAILS exists. Its first letter chooses how: "full"
 * as a disk without room, "error" as a broken one, "sync" as one that takes writes and cannot keep them. */
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

/* How the database's file fails at the moment; 0 for other files, and while all is well. */
static char failure(int fd) {
    const char *wanted = getenv("DISK_FAILS");
    int order = wanted ? syscall(SYS_openat, AT_FDCWD, wanted, O_RDONLY | O_CLOEXEC) : -1;
    if (order < 0) return 0;
    char how = 0, link[64], path[4096];
    if (syscall(SYS_read, order, &how, 1) != 1) how = 0;
    syscall(SYS_close, order);
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return ends_with(path, ".db") || ends_with(path, ".db-wal") ? how : 0;
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

int fsync(int fd) {
    REAL(fsync);
    if (failure(fd) != 's') return real(fd);
    errno = EIO;
    return -1;
}

int fdatasync(int fd) { return fsync(fd); }
