/*
 * Plays the panel's two buses to a process that is started with LD_PRELOAD: an OLED on /dev/i2c-1, an MCP3008 on
 * /dev/spidev0.0. Loaded by the laboratory and its tests, never by the pedal itself; bench.py is its other side.
 *
 * The environment variable PEDAL_LAB_HARDWARE names a folder:
 *   i2c-1, spidev0.0   stand for the device nodes: what may be opened there, and by whom, is the file system's matter
 *   state              struct state, mapped: what the driver turns and unplugs
 *   log                everything that reached the display, appended: struct record and its bytes
 *
 * This file finds out which descriptors are ours and passes everything else through untouched.
 */
#define _GNU_SOURCE
#include "shim.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { OTHER, I2C, SPI };

static const struct {
    const char *path;
    uint8_t kind;
} played[] = {{"/dev/i2c-1", I2C}, {"/dev/spidev0.0", SPI}};

/*
 * Atomic instead of locked: a child may close files after a fork in whose moment another thread held the lock.
 * A duplicated descriptor is not followed; no library here makes one.
 */
static struct file files[MAX_FDS];

struct state *state;
int log_fd = -1;

typedef int open_fn(const char *, int, ...);
typedef int openat_fn(int, const char *, int, ...);
typedef int ioctl_fn(int, unsigned long, ...);
typedef int close_fn(int);

static void *next(const char *name) {
    void *found = dlsym(RTLD_NEXT, name);
    if (!found) {
        fprintf(stderr, "pedal-lab shim: this libc has no %s\n", name);
        abort();
    }
    return found;
}

static int real_open(const char *path, int flags, mode_t mode) {
    static open_fn *real;
    if (!real) real = (open_fn *)next("open");
    return real(path, flags, mode);
}

static const char *folder(void) { return getenv("PEDAL_LAB_HARDWARE"); }

static int open_in_folder(const char *name, int flags) {
    char path[512];
    if (snprintf(path, sizeof path, "%s/%s", folder(), name) >= (int)sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    return real_open(path, flags, 0);
}

/* Maps the state and opens the log, once. Without them there is no hardware. */
static int attach(void) {
    static pthread_mutex_t once = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&once);
    if (!state) {
        struct stat facts;
        int fd = open_in_folder("state", O_RDWR | O_CLOEXEC);
        int log = open_in_folder("log", O_WRONLY | O_APPEND | O_CLOEXEC);
        if (fd >= 0 && log >= 0 && fstat(fd, &facts) == 0 && facts.st_size >= (off_t)sizeof *state) {
            struct state *map = mmap(NULL, sizeof *state, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
            if (map != MAP_FAILED && map->magic == STATE_MAGIC) {
                log_fd = log;
                state = map;
            }
        }
        if (fd >= 0) close(fd);
        if (!state && log >= 0) close(log);
    }
    pthread_mutex_unlock(&once);
    if (!state) errno = ENODEV;
    return state ? 0 : -1;
}

/* The descriptor of a bus that we play; -2 if `path` is none. */
static int open_played(const char *path, int flags) {
    if (!path || !folder()) return -2;
    for (size_t i = 0; i < sizeof played / sizeof *played; i++) {
        if (strcmp(path, played[i].path)) continue;
        int fd = open_in_folder(strrchr(path, '/') + 1, flags & ~(O_CREAT | O_TRUNC));
        if (fd < 0) return -1;
        if (fd >= MAX_FDS || attach()) {
            int why = fd >= MAX_FDS ? EMFILE : errno;
            close(fd);
            errno = why;
            return -1;
        }
        files[fd].address = 0;
        files[fd].speed_hz = 500000; /* until it is told */
        files[fd].kind = played[i].kind;
        return fd;
    }
    return -2;
}

static int has_mode(int flags) { return (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE; }

static mode_t mode_of(int flags, va_list rest) { return has_mode(flags) ? (mode_t)va_arg(rest, int) : 0; }

#define DEFINE_OPEN(name)                                          \
    int name(const char *path, int flags, ...) {                   \
        static open_fn *real;                                      \
        va_list rest;                                              \
        va_start(rest, flags);                                     \
        mode_t mode = mode_of(flags, rest);                        \
        va_end(rest);                                              \
        int fd = open_played(path, flags);                         \
        if (fd != -2) return fd;                                   \
        if (!real) real = (open_fn *)next(#name);                  \
        return real(path, flags, mode);                            \
    }

#define DEFINE_OPENAT(name)                                        \
    int name(int folder_fd, const char *path, int flags, ...) {    \
        static openat_fn *real;                                    \
        va_list rest;                                              \
        va_start(rest, flags);                                     \
        mode_t mode = mode_of(flags, rest);                        \
        va_end(rest);                                              \
        int fd = open_played(path, flags);                         \
        if (fd != -2) return fd;                                   \
        if (!real) real = (openat_fn *)next(#name);                \
        return real(folder_fd, path, flags, mode);                 \
    }

DEFINE_OPEN(open)
DEFINE_OPEN(open64)
DEFINE_OPENAT(openat)
DEFINE_OPENAT(openat64)

/* What a libc with checks makes of an open without a mode. */
int __open_2(const char *path, int flags) { return open(path, flags); }
int __open64_2(const char *path, int flags) { return open64(path, flags); }

int close(int fd) {
    static close_fn *real;
    if (!real) real = (close_fn *)next("close");
    if (fd >= 0 && fd < MAX_FDS) files[fd].kind = OTHER; /* before the number can be given to somebody else */
    return real(fd);
}

uint64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void carry(uint64_t ticks, uint32_t clock_hz) {
    uint64_t until_ns = now_ns() + ticks * 1000000000u / (clock_hz ? clock_hz : 1);
    struct timespec until = {(time_t)(until_ns / 1000000000u), (long)(until_ns % 1000000000u)};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR) {
    }
}

int ioctl(int fd, unsigned long request, ...) {
    static ioctl_fn *real;
    va_list rest;
    va_start(rest, request);
    void *argument = va_arg(rest, void *);
    va_end(rest);
    uint8_t kind = fd >= 0 && fd < MAX_FDS ? files[fd].kind : OTHER;
    /* the kernel takes 32 bits; some callers extend their sign */
    if (kind == I2C) return i2c_ioctl(&files[fd], (uint32_t)request, argument);
    if (kind == SPI) return spi_ioctl(&files[fd], (uint32_t)request, argument);
    if (!real) real = (ioctl_fn *)next("ioctl");
    return real(fd, request, argument);
}
