/* Writes down what a process does to the files below DISK_LOG_FOLDER, for a power cut in a test.
 *
 * Preloaded into a process, it appends to the file DISK_LOG one record for each change, in order:
 *   int32 kind, int32 length of the path, int64 offset, int64 length of the data, path, data
 * Kinds: 1 write, 2 truncate (offset is the new length), 3 sync, 4 unlink, 5 link or rename (data is
 * the new path), 6 create.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static int log_file = -1;
static const char *folder;

__attribute__((constructor)) static void begin(void) {
    const char *name = getenv("DISK_LOG");
    folder = getenv("DISK_LOG_FOLDER");
    if (name && folder)
        log_file = syscall(SYS_openat, AT_FDCWD, name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static void note(int kind, const char *path, int64_t offset, const void *data, int64_t length) {
    if (log_file < 0 || strncmp(path, folder, strlen(folder)) != 0)
        return;
    struct { int32_t kind, path; int64_t offset, length; } head = {kind, strlen(path), offset, length};
    struct iovec parts[3] = {{&head, sizeof head}, {(void *)path, head.path}, {(void *)data, length}};
    if (writev(log_file, parts, length ? 3 : 2) < 0)
        abort();
}

static const char *path_of(int file, char *buffer) {
    char name[64];
    snprintf(name, sizeof name, "/proc/self/fd/%d", file);
    ssize_t length = readlink(name, buffer, 4095);
    buffer[length < 0 ? 0 : length] = 0;
    return buffer;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static ssize_t write_at(ssize_t done, int file, const void *data, int64_t offset) {
    char buffer[4096];
    if (done > 0)
        note(1, path_of(file, buffer), offset, data, done);
    return done;
}

ssize_t pwrite(int file, const void *data, size_t length, off_t offset) {
    return write_at(REAL(pwrite)(file, data, length, offset), file, data, offset);
}

ssize_t pwrite64(int file, const void *data, size_t length, off64_t offset) {
    return write_at(REAL(pwrite64)(file, data, length, offset), file, data, offset);
}

ssize_t write(int file, const void *data, size_t length) {
    off_t offset = lseek(file, 0, SEEK_CUR);
    ssize_t done = REAL(write)(file, data, length);
    return offset < 0 ? done : write_at(done, file, data, offset);
}

static int noted(int failed, int file, int kind, int64_t offset) {
    char buffer[4096];
    if (!failed)
        note(kind, path_of(file, buffer), offset, 0, 0);
    return failed;
}

int ftruncate(int file, off_t length) { return noted(REAL(ftruncate)(file, length), file, 2, length); }
int ftruncate64(int file, off64_t length) { return noted(REAL(ftruncate64)(file, length), file, 2, length); }
int fsync(int file) { return noted(REAL(fsync)(file), file, 3, 0); }
int fdatasync(int file) { return noted(REAL(fdatasync)(file), file, 3, 0); }

int unlink(const char *path) {
    int failed = REAL(unlink)(path);
    if (!failed)
        note(4, path, 0, 0, 0);
    return failed;
}

int link(const char *from, const char *to) {
    int failed = REAL(link)(from, to);
    if (!failed)
        note(5, from, 0, to, strlen(to));
    return failed;
}

int rename(const char *from, const char *to) {
    int failed = REAL(rename)(from, to);
    if (!failed) {
        note(5, from, 0, to, strlen(to));
        note(4, from, 0, 0, 0);
    }
    return failed;
}

static int created(const char *path, int flags, mode_t mode, int (*opener)(const char *, int, ...)) {
    int is_new = (flags & O_CREAT) && access(path, F_OK) != 0;
    int file = opener(path, flags, mode);
    if (file >= 0 && is_new)
        note(6, path, 0, 0, 0);
    else if (file >= 0 && (flags & O_TRUNC))
        note(2, path, 0, 0, 0);
    return file;
}

#define OPENER(name)                                                  \
    int name(const char *path, int flags, ...) {                      \
        va_list rest;                                                 \
        va_start(rest, flags);                                        \
        mode_t mode = (flags & O_CREAT) ? va_arg(rest, mode_t) : 0;   \
        va_end(rest);                                                 \
        return created(path, flags, mode, REAL(name));                \
    }

OPENER(open)
OPENER(open64)
