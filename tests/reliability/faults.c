/* Loaded before a program (LD_PRELOAD): counts its calls on files of one folder, and at the n-th one kills it, fails,
 * writes half, or sends it a signal. Counting all and then walking n from 1 on makes every moment of a save a test.
 *
 *   MODELC_FAULTS_FOLDER  absolute path: only what lies in it is counted
 *   MODELC_FAULTS         WHAT:N, or WHAT:N+ for the N-th call and all after it; WHAT is
 *                           kill        SIGKILL before the call
 *                           half        a write of half the bytes, then SIGKILL (any other call: as kill)
 *                           short       a write of half the bytes, which says so (any other call is let through)
 *                           TERM INT HUP, TWICE (TERM two times): the signal, then the call
 *                           ENOSPC EIO EACCES EINTR EDQUOT ENOLCK: the call fails so
 *   MODELC_FAULTS_LOG     a file that gets a line for each call: its number, its name, the path, the bytes
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_int calls;

enum verdict { PASS, FAIL, HALF, HALF_AND_KILL };

static const struct {
  const char *name;
  int code;
} errors[] = {{"ENOSPC", ENOSPC}, {"EIO", EIO},       {"EACCES", EACCES},
              {"EINTR", EINTR},   {"EDQUOT", EDQUOT}, {"ENOLCK", ENOLCK}},
  signals[] = {{"TERM", SIGTERM}, {"INT", SIGINT}, {"HUP", SIGHUP}, {"TWICE", SIGTERM}};

static void note(int number, const char *call, const char *path, size_t bytes) {
  const char *name = getenv("MODELC_FAULTS_LOG");
  if (!name) return;
  char line[PATH_MAX + 64];
  const int length = snprintf(line, sizeof line, "%d %s %s %zu\n", number, call, path, bytes);
  const long log = syscall(SYS_openat, AT_FDCWD, name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (log < 0) return;
  syscall(SYS_write, log, line, length);
  syscall(SYS_close, log);
}

static void die(void) {
  syscall(SYS_kill, getpid(), SIGKILL);
  for (;;) pause();
}

/* What is to happen to a call on `path`; errno is set where it is to fail. */
static enum verdict judge(const char *call, const char *path, size_t bytes) {
  const char *folder = getenv("MODELC_FAULTS_FOLDER"), *fault = getenv("MODELC_FAULTS");
  if (!folder || !path) return PASS;
  char absolute[PATH_MAX];
  if (path[0] != '/') {
    if (!getcwd(absolute, sizeof absolute - strlen(path) - 2)) return PASS;
    strcat(strcat(absolute, "/"), path);
    path = absolute;
  }
  const size_t length = strlen(folder);
  if (strncmp(path, folder, length) != 0 || (path[length] != '/' && path[length] != '\0')) return PASS;
  const int number = atomic_fetch_add(&calls, 1) + 1;
  note(number, call, path, bytes);
  if (!fault) return PASS;
  const char *colon = strchr(fault, ':');
  char *end;
  const long at = colon ? strtol(colon + 1, &end, 10) : 0;
  if (!at || number < at || (number > at && *end != '+')) return PASS;
  const size_t word = (size_t)(colon - fault);
  const int is_write = strcmp(call, "write") == 0 || strcmp(call, "pwrite") == 0;
#define IS(text) (word == strlen(text) && strncmp(fault, text, word) == 0)
  if (IS("kill") || (IS("half") && !is_write)) die();
  if (IS("half")) return HALF_AND_KILL;
  if (IS("short")) return is_write ? HALF : PASS;
  for (size_t i = 0; i < sizeof signals / sizeof *signals; ++i)
    if (IS(signals[i].name)) {
      raise(signals[i].code);
      if (IS("TWICE")) raise(signals[i].code);
      return PASS;
    }
  for (size_t i = 0; i < sizeof errors / sizeof *errors; ++i)
    if (IS(errors[i].name)) {
      errno = errors[i].code;
      return FAIL;
    }
  return PASS;
}

static enum verdict judge_descriptor(const char *call, int fd, size_t bytes) {
  char link[64], path[PATH_MAX];
  if (fd <= STDERR_FILENO) return PASS;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return PASS;
  path[length] = '\0';
  const int before = errno;
  const enum verdict verdict = judge(call, path, bytes);
  if (verdict != FAIL) errno = before;
  return verdict;
}

/* The function that the program would have called. */
#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define OPENS(name)                                                            \
  int name(const char *path, int flags, ...) {                                 \
    va_list more;                                                              \
    va_start(more, flags);                                                     \
    const mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(more, mode_t) : 0; \
    va_end(more);                                                              \
    if (judge("open", path, 0) == FAIL) return -1;                             \
    return NEXT(name)(path, flags, mode);                                      \
  }
OPENS(open)
OPENS(open64)

int mkostemps(char *pattern, int suffix, int flags) {
  if (judge("open", pattern, 0) == FAIL) return -1;
  return NEXT(mkostemps)(pattern, suffix, flags);
}

ssize_t write(int fd, const void *bytes, size_t count) {
  const enum verdict verdict = judge_descriptor("write", fd, count);
  if (verdict == FAIL) return -1;
  if (verdict == HALF) count = count > 1 ? count / 2 : count;
  if (verdict == HALF_AND_KILL) {
    syscall(SYS_write, fd, bytes, count / 2);
    die();
  }
  return syscall(SYS_write, fd, bytes, count);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) {
  const enum verdict verdict = judge_descriptor("pwrite", fd, count);
  if (verdict == FAIL) return -1;
  if (verdict == HALF) count = count > 1 ? count / 2 : count;
  if (verdict == HALF_AND_KILL) {
    syscall(SYS_pwrite64, fd, bytes, count / 2, at);
    die();
  }
  return syscall(SYS_pwrite64, fd, bytes, count, at);
}
ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) { return pwrite(fd, bytes, count, at); }

/* A close that fails has closed all the same. */
int close(int fd) {
  const enum verdict verdict = judge_descriptor("close", fd, 0);
  const int why = errno;
  const int closed = (int)syscall(SYS_close, fd);
  if (verdict != FAIL) return closed;
  errno = why;
  return -1;
}

#define ON_DESCRIPTOR(name, parameters, arguments)           \
  int name parameters {                                      \
    if (judge_descriptor(#name, fd, 0) == FAIL) return -1;   \
    return NEXT(name) arguments;                             \
  }
ON_DESCRIPTOR(fsync, (int fd), (fd))
ON_DESCRIPTOR(fdatasync, (int fd), (fd))
ON_DESCRIPTOR(flock, (int fd, int operation), (fd, operation))
ON_DESCRIPTOR(ftruncate, (int fd, off_t length), (fd, length))
ON_DESCRIPTOR(ftruncate64, (int fd, off64_t length), (fd, length))

#define ON_PATH(name, parameters, arguments)        \
  int name parameters {                             \
    if (judge(#name, path, 0) == FAIL) return -1;   \
    return NEXT(name) arguments;                    \
  }
ON_PATH(unlink, (const char *path), (path))
ON_PATH(remove, (const char *path), (path))
ON_PATH(rmdir, (const char *path), (path))
ON_PATH(mkdir, (const char *path, mode_t mode), (path, mode))
ON_PATH(truncate, (const char *path, off_t length), (path, length))
ON_PATH(rename, (const char *old, const char *path), (old, path))
ON_PATH(link, (const char *old, const char *path), (old, path))
