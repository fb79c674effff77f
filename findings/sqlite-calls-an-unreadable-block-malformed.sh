#!/usr/bin/env bash
# The guess: a block of the database file that the disk does not give (read answers EIO) is an input or output error of SQLite,
# SQLITE_IOERR (10) or SQLITE_IOERR_READ (266), which programs take for trouble that may pass and try again. Only content that
# contradicts itself is called malformed, SQLITE_CORRUPT (11).
#
# What happens: where read answers EIO, a statement fails with SQLITE_CORRUPT (11), "database disk image is malformed", its
# extended code is 11 too, and nothing tells it from damaged content; ENXIO does the same, and another error of the same read,
# EBUSY here, is SQLITE_IOERR_READ (266). The sources say so: unixRead in os_unix.c answers SQLITE_IOERR_CORRUPTFS for ERANGE,
# EIO, ENXIO and EDEVERR, and the end of a failed statement in vdbe.c turns that into SQLITE_CORRUPT. What reads no statement, such
# as a backup, may still see 8458. So a program that tries again at 10 and gives up at 11 gives up on a disk that hiccups
# once, and one that waits for 10 to tell of a bad disk waits in vain.
#
# Seen 2026-11-30 with SQLite 3.50.2 (apsw 3.50.2.0 of PyPI) on Linux 6.18; the sources of 3.51.3 are the same there.
set -euo pipefail
for program in cc python3; do
  command -v "$program" >/dev/null || { echo "this machine lacks $program" >&2; exit 2; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" 2>/dev/null || { echo "this machine lacks python3-venv" >&2; exit 2; }
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check apsw==3.50.2.0

# A disk of which one page cannot be read, with the error that the environment names.
cat >"$folder/disk.c" <<'C'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
ssize_t pread64(int fd, void *data, size_t length, off64_t offset) {
    static ssize_t (*real)(int, void *, size_t, off64_t);
    if (!real) real = (ssize_t(*)(int, void *, size_t, off64_t))dlsym(RTLD_NEXT, "pread64");
    const char *error = getenv("BAD_BLOCK");
    if (error && offset <= 8192 && 8192 < offset + (off64_t)length) {
        errno = atoi(error);
        return -1;
    }
    return real(fd, data, length, offset);
}
C
cc -shared -fPIC -o "$folder/disk.so" "$folder/disk.c" -ldl

cat >"$folder/read.py" <<'P'
import errno, os, sys, apsw
file = sys.argv[1]
if len(sys.argv) == 2:
    database = apsw.Connection(file)
    database.execute("pragma page_size = 4096; create table words (text)")
    for _ in range(40):
        database.execute("insert into words values (hex(randomblob(900)))")
    database.close()
    sys.exit()
os.environ["BAD_BLOCK"] = str(getattr(errno, sys.argv[2]))
import ctypes
ctypes.CDLL(None).setenv(b"BAD_BLOCK", os.environ["BAD_BLOCK"].encode(), 1)
try:
    apsw.Connection(file, flags=apsw.SQLITE_OPEN_READONLY).execute("select sum(length(text)) from words").fetchall()
    print(f"{sys.argv[2]}: read")
except apsw.Error as error:
    print(f"{sys.argv[2]}: {type(error).__name__} {error.result} {error.extendedresult}")
P
python="$folder/venv/bin/python"
"$python" "$folder/read.py" "$folder/words.db"
seen=$(for error in EIO ENXIO EBUSY; do LD_PRELOAD="$folder/disk.so" "$python" "$folder/read.py" "$folder/words.db" "$error"; done)
echo "$seen"
expected="EIO: CorruptError 11 11
ENXIO: CorruptError 11 11
EBUSY: IOError 10 266"
[ "$seen" = "$expected" ] || { echo "it has changed" >&2; exit 1; }
