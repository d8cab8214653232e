// Linux calls that Swift cannot import as they are: variadic functions, macros with casts, packed structures.
// Module map and `static inline` shims only; nothing here decides anything.
#pragma once

// No _GNU_SOURCE: it would give system structures another shape than other modules see. What needs it goes by syscall(2).
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

long syscall(long number, ...);

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif

/// Nanoseconds of CLOCK_MONOTONIC.
static inline uint64_t clinux_monotonic_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000ull + (uint64_t)now.tv_nsec;
}

/// Nanoseconds of processor time that this process has used.
static inline uint64_t clinux_process_cpu_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000000000ull + (uint64_t)now.tv_nsec;
}

/// Nanoseconds of processor time that the calling thread has used.
static inline uint64_t clinux_thread_cpu_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000000000ull + (uint64_t)now.tv_nsec;
}

static inline int clinux_epoll_control(int epoll, int operation, int descriptor, uint32_t events, void *object) {
    struct epoll_event event;
    memset(&event, 0, sizeof event);
    event.events = events;
    event.data.ptr = object;
    return epoll_ctl(epoll, operation, descriptor, &event);
}

static inline uint32_t clinux_event_bits(const struct epoll_event *events, int index) { return events[index].events; }
static inline void *clinux_event_object(const struct epoll_event *events, int index) { return events[index].data.ptr; }

/// Waits with nanosecond resolution (epoll_pwait2, Linux 5.11), in milliseconds rounded up on older kernels.
/// `timeout` < 0 waits without limit.
static inline int clinux_epoll_wait(int epoll, struct epoll_event *events, int capacity, int64_t timeout) {
    if (timeout < 0) return epoll_wait(epoll, events, capacity, -1);
    if (timeout == 0) return epoll_wait(epoll, events, capacity, 0);
    // Whether the kernel lacks the call; every thread finds out the same.
    static int lacksPreciseWait = 0;
    struct timespec limit = {.tv_sec = timeout / 1000000000, .tv_nsec = timeout % 1000000000};
    if (!lacksPreciseWait) {
        long count = syscall(SYS_epoll_pwait2, epoll, events, capacity, &limit, NULL, 0);
        if (count >= 0 || errno != ENOSYS) return (int)count;
        lacksPreciseWait = 1;
    }
    int64_t milliseconds = (timeout + 999999) / 1000000;
    return epoll_wait(epoll, events, capacity, milliseconds > 86400000 ? 86400000 : (int)milliseconds);
}

/// Makes timers of the calling thread as exact as the kernel can (the default slack is 50 µs).
static inline void clinux_exact_timers(void) { prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL); }

static inline void clinux_thread_name(const char *name) { prctl(PR_SET_NAME, name, 0UL, 0UL, 0UL); }

static inline int clinux_set_option(int descriptor, int level, int name, int value) {
    return setsockopt(descriptor, level, name, &value, sizeof value);
}

static inline int clinux_socket_error(int descriptor) {
    int error = 0;
    socklen_t length = sizeof error;
    return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length) == 0 ? error : errno;
}

/// Makes the next close(2) send RST instead of FIN.
static inline int clinux_reset_on_close(int descriptor) {
    struct linger linger = {.l_onoff = 1, .l_linger = 0};
    return setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
}

static inline ssize_t clinux_send(int descriptor, const void *bytes, size_t count) {
    return send(descriptor, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static inline ssize_t clinux_receive(int descriptor, void *bytes, size_t count) {
    return recv(descriptor, bytes, count, MSG_DONTWAIT);
}

/// Sends two pieces as one segment train.
static inline ssize_t clinux_send_two(
    int descriptor, const void *first, size_t firstCount, const void *second, size_t secondCount
) {
    struct iovec pieces[2] = {{(void *)first, firstCount}, {(void *)second, secondCount}};
    struct msghdr message;
    memset(&message, 0, sizeof message);
    message.msg_iov = pieces;
    message.msg_iovlen = 2;
    return sendmsg(descriptor, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/// Sends pieces one after the other.
static inline ssize_t clinux_send_pieces(int descriptor, const struct iovec *pieces, size_t count) {
    struct msghdr message;
    memset(&message, 0, sizeof message);
    message.msg_iov = (struct iovec *)pieces;
    message.msg_iovlen = count;
    return sendmsg(descriptor, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static inline int clinux_accept(int descriptor) {
    return (int)syscall(SYS_accept4, descriptor, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

static inline int clinux_connect(int descriptor, const struct sockaddr *address, socklen_t length) {
    return connect(descriptor, address, length);
}

static inline int clinux_bind(int descriptor, const struct sockaddr *address, socklen_t length) {
    return bind(descriptor, address, length);
}

static inline int clinux_local_address(int descriptor, struct sockaddr_storage *address, socklen_t *length) {
    return getsockname(descriptor, (struct sockaddr *)address, length);
}

static inline int clinux_socket(int family) { return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0); }

/// A file in memory, without a name in any folder.
static inline int clinux_memory_file(const char *name) { return (int)syscall(SYS_memfd_create, name, 1u /* MFD_CLOEXEC */); }

/// Makes a hole of a range of a file: its memory or blocks are given back, its length stays.
static inline int clinux_free_file_range(int descriptor, off_t start, off_t length) {
    return (int)syscall(SYS_fallocate, descriptor, 3 /* FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE */, start, length);
}

/// A pipe that no child inherits: its read end, then its write end.
static inline int clinux_pipe(int ends[2]) { return (int)syscall(SYS_pipe2, ends, O_CLOEXEC); }

static inline int clinux_eventfd(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

/// The exit status of a wait(2) status word: 0-255, or 128 + the signal's number.
static inline int clinux_exit_status(int status) {
    if (WIFEXITED(status)) return WEXITSTATUS(status);
    if (WIFSIGNALED(status)) return 128 + WTERMSIG(status);
    return -1;
}

/// A descriptor that becomes readable when the process ends (pidfd_open, Linux 5.3).
static inline int clinux_process_descriptor(int pid) { return (int)syscall(SYS_pidfd_open, pid, 0u); }

static inline int clinux_descriptor_limit(uint64_t *soft, uint64_t *hard) {
    struct rlimit limit;
    int result = getrlimit(RLIMIT_NOFILE, &limit);
    *soft = limit.rlim_cur;
    *hard = limit.rlim_max;
    return result;
}

/// Raises the soft descriptor limit to the hard one.
static inline int clinux_raise_descriptor_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return -1;
    limit.rlim_cur = limit.rlim_max;
    return setrlimit(RLIMIT_NOFILE, &limit);
}

/// Columns and rows of the terminal behind `descriptor`.
static inline int clinux_terminal_size(int descriptor, int *columns, int *rows) {
    struct winsize size;
    if (ioctl(descriptor, TIOCGWINSZ, &size) != 0) return -1;
    *columns = size.ws_col;
    *rows = size.ws_row;
    return 0;
}
