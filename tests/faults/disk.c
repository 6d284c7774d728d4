/* A disk that keeps a diary, and fails when it is told to. Preloaded into the real program (see disk.py).
 *
 * Every operation on a file under DISK_FOLDER goes into DISK_LOG in the order in which it happened: a record is
 * { kind, id, offset, length } and `length` bytes. Others may append records of their own, because each is one write().
 * With DISK_FAIL_AT=N the Nth operation among the kinds of DISK_FAIL_KINDS ends as DISK_FAIL_HOW says: eio, full, kill,
 * or dead: every one from there on fails. While the file DISK_SWITCH exists, every operation of the kinds in it fails in
 * the way in it ("full W").
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#define FILES 4096

struct __attribute__((packed)) head {
  char kind; /* O open, C close, W write, T truncate, S synced, E sync failed, U unlink, R rename, L link, F a fault */
  int32_t id;
  uint64_t offset;
  uint32_t length;
};

static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;
static const char *folder;
static int diary = -1;
static char watched[FILES];
static long fail_at = 0, seen = 0;
static const char *fail_kinds = "WTS", *fail_how = "eio", *lever;

static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static ssize_t (*real_write)(int, const void *, size_t);
static int (*real_open)(const char *, int, ...);
static int (*real_close)(int);
static int (*real_truncate)(int, off_t);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_unlink)(const char *);
static int (*real_rename)(const char *, const char *);
static int (*real_link)(const char *, const char *);

__attribute__((constructor)) static void begin(void) {
  real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
  real_write = dlsym(RTLD_NEXT, "write");
  real_open = dlsym(RTLD_NEXT, "open64");
  real_close = dlsym(RTLD_NEXT, "close");
  real_truncate = dlsym(RTLD_NEXT, "ftruncate64");
  real_fsync = dlsym(RTLD_NEXT, "fsync");
  real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
  real_unlink = dlsym(RTLD_NEXT, "unlink");
  real_rename = dlsym(RTLD_NEXT, "rename");
  real_link = dlsym(RTLD_NEXT, "link");
  folder = getenv("DISK_FOLDER");
  const char *log = getenv("DISK_LOG"), *at = getenv("DISK_FAIL_AT");
  if (log) diary = real_open(log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (at) fail_at = atol(at);
  lever = getenv("DISK_SWITCH");
  if (getenv("DISK_FAIL_KINDS")) fail_kinds = getenv("DISK_FAIL_KINDS");
  if (getenv("DISK_FAIL_HOW")) fail_how = getenv("DISK_FAIL_HOW");
}

/* For a process that forks many short lives: a diary of its own, and a fault at its `at`th operation of `kinds`. */
void disk_life(const char *log, long at, const char *kinds, const char *how) {
  diary = real_open(log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  fail_at = at;
  seen = 0;
  fail_kinds = strdup(kinds);
  fail_how = strdup(how);
}

static int is_ours(const char *path) {
  if (!folder || strncmp(path, folder, strlen(folder)) != 0) return 0;
  const char *last = strrchr(path, '.');
  size_t length = strlen(path);
  if (length > 4 && strcmp(path + length - 4, "-shm") == 0) return 0; /* rebuilt after every crash */
  return !(last && (strcmp(last, ".lock") == 0 || strcmp(last, ".sock") == 0));
}

static int is_watched(int fd) { return fd >= 0 && fd < FILES && watched[fd]; }

static void note(char kind, int id, uint64_t offset, const void *data, size_t length) {
  if (diary < 0) return;
  struct head head = {kind, id, offset, (uint32_t)length};
  struct iovec parts[2] = {{&head, sizeof head}, {(void *)data, length}};
  while (writev(diary, parts, 2) < 0 && errno == EINTR) {
  }
}

static int switched_off(char kind) {
  char text[32] = "";
  int fd = lever ? real_open(lever, O_RDONLY | O_CLOEXEC) : -1;
  if (fd < 0) return 0;
  ssize_t got = read(fd, text, sizeof text - 1);
  real_close(fd);
  char *kinds = got > 0 ? strchr(text, ' ') : NULL;
  if (!kinds || !strchr(kinds, kind)) return 0;
  errno = strncmp(text, "full", 4) == 0 ? ENOSPC : EIO;
  return 1;
}

/* Whether this operation is the one to fail; `errno` is set then. Call with the lock held. */
static int fails(char kind) {
  if (switched_off(kind)) return 1;
  if (!strchr(fail_kinds, kind)) return 0;
  ++seen;
  if (!fail_at || seen < fail_at || (seen > fail_at && strcmp(fail_how, "dead") != 0)) return 0;
  note('F', 0, 0, "", 0);
  if (strcmp(fail_how, "kill") == 0) kill(getpid(), SIGKILL);
  errno = strcmp(fail_how, "full") == 0 ? ENOSPC : EIO;
  return 1;
}

static void opened(const char *path, int flags, int fd) {
  if (fd < 0 || fd >= FILES || !is_ours(path)) return;
  watched[fd] = 1;
  note('O', fd, (flags & O_TRUNC) != 0, path, strlen(path));
}

static int open_it(const char *path, int flags, mode_t mode) {
  pthread_mutex_lock(&one);
  int fd = real_open(path, flags, mode), error = errno;
  opened(path, flags, fd);
  pthread_mutex_unlock(&one);
  errno = error;
  return fd;
}

#define OPEN(name)                                   \
  int name(const char *path, int flags, ...) {       \
    va_list rest;                                    \
    va_start(rest, flags);                           \
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
    va_end(rest);                                    \
    return open_it(path, flags, mode);               \
  }
OPEN(open)
OPEN(open64)
int __open_2(const char *path, int flags) { return open_it(path, flags, 0); }
int __open64_2(const char *path, int flags) { return open_it(path, flags, 0); }

int close(int fd) {
  if (!is_watched(fd)) return real_close(fd);
  pthread_mutex_lock(&one);
  watched[fd] = 0;
  note('C', fd, 0, "", 0);
  int done = real_close(fd);
  pthread_mutex_unlock(&one);
  return done;
}

static ssize_t write_at(int fd, const void *data, size_t length, off_t offset, int moving) {
  pthread_mutex_lock(&one);
  ssize_t done = -1;
  if (!fails('W')) {
    if (moving) offset = lseek(fd, 0, SEEK_CUR);
    done = moving ? real_write(fd, data, length) : real_pwrite(fd, data, length, offset);
    int error = errno;
    if (done > 0) note('W', fd, (uint64_t)offset, data, (size_t)done);
    errno = error;
  }
  pthread_mutex_unlock(&one);
  return done;
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) {
  return is_watched(fd) ? write_at(fd, data, length, offset, 0) : real_pwrite(fd, data, length, offset);
}
ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset) { return pwrite(fd, data, length, offset); }
ssize_t write(int fd, const void *data, size_t length) {
  return is_watched(fd) ? write_at(fd, data, length, 0, 1) : real_write(fd, data, length);
}

int ftruncate(int fd, off_t size) {
  if (!is_watched(fd)) return real_truncate(fd, size);
  pthread_mutex_lock(&one);
  int done = -1;
  if (!fails('T') && (done = real_truncate(fd, size)) == 0) note('T', fd, (uint64_t)size, "", 0);
  pthread_mutex_unlock(&one);
  return done;
}
int ftruncate64(int fd, off64_t size) { return ftruncate(fd, size); }

static int sync_it(int fd, int (*real)(int)) {
  if (!is_watched(fd)) return real(fd);
  pthread_mutex_lock(&one);
  int done = -1;
  if (fails('S')) {
    int error = errno;
    note('E', fd, 0, "", 0); /* what was not synced yet is gone for good, as on Linux */
    errno = error;
  } else if ((done = real(fd)) == 0) {
    note('S', fd, 0, "", 0);
  }
  pthread_mutex_unlock(&one);
  return done;
}
int fsync(int fd) { return sync_it(fd, real_fsync); }
int fdatasync(int fd) { return sync_it(fd, real_fdatasync); }

int unlink(const char *path) {
  if (!is_ours(path)) return real_unlink(path);
  pthread_mutex_lock(&one);
  int done = fails('U') ? -1 : real_unlink(path), error = errno;
  if (done == 0) note('U', 0, 0, path, strlen(path));
  pthread_mutex_unlock(&one);
  errno = error;
  return done;
}

static int two_names(char kind, const char *from, const char *to, int (*real)(const char *, const char *)) {
  if (!is_ours(from) && !is_ours(to)) return real(from, to);
  pthread_mutex_lock(&one);
  int done = fails(kind) ? -1 : real(from, to), error = errno;
  if (done == 0) {
    size_t first = strlen(from) + 1, second = strlen(to);
    char *both = malloc(first + second);
    memcpy(both, from, first);
    memcpy(both + first, to, second);
    note(kind, 0, 0, both, first + second);
    free(both);
  }
  pthread_mutex_unlock(&one);
  errno = error;
  return done;
}
int rename(const char *from, const char *to) { return two_names('R', from, to, real_rename); }
int link(const char *from, const char *to) { return two_names('L', from, to, real_link); }
