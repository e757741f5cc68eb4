#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static __thread pid_t thread_id;

__attribute__((noinline)) pid_t clinux_thread_id(void) {
    if (thread_id == 0) thread_id = (pid_t)syscall(SYS_gettid);
    return thread_id;
}

int clinux_accept(int listener, struct sockaddr *address, socklen_t *length) {
    return accept4(listener, address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

ssize_t clinux_pread_cached(int file, void *buffer, size_t count, off_t offset) {
    struct iovec piece = {.iov_base = buffer, .iov_len = count};
    return preadv2(file, &piece, 1, offset, RWF_NOWAIT);
}

int clinux_lock_byte(int file, off_t position) {
    struct flock lock = {
        .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = position, .l_len = 1};
    int result = fcntl(file, F_OFD_SETLK, &lock);
    // POSIX lets a held lock be told in two ways.
    if (result != 0 && errno == EACCES) errno = EAGAIN;
    return result;
}

int clinux_is_locked_elsewhere(int file, off_t count) {
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = count};
    if (fcntl(file, F_OFD_GETLK, &lock) != 0) return -1;
    return lock.l_type != F_UNLCK;
}

static volatile sig_atomic_t forward_to[65];

static void forward(int signal_number) {
    int saved = errno;
    unsigned char byte = (unsigned char)signal_number;
    // A full pipe already holds a signal nobody has read yet; losing this one changes nothing.
    (void)!write(forward_to[signal_number], &byte, 1);
    errno = saved;
}

int clinux_forward_signal(int signal_number, int handler_descriptor) {
    if (signal_number < 1 || signal_number > 64) {
        errno = EINVAL;
        return -1;
    }
    forward_to[signal_number] = handler_descriptor;
    struct sigaction action = {.sa_handler = forward, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    return sigaction(signal_number, &action, NULL);
}

void clinux_deny_dumps(void) {
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

void clinux_bound_heap(int arena_count_max, int free_bytes_max, int block_bytes_max) {
    mallopt(M_ARENA_MAX, arena_count_max);
    mallopt(M_TRIM_THRESHOLD, free_bytes_max);
    mallopt(M_MMAP_THRESHOLD, block_bytes_max);
}

void clinux_trim_heap(void) {
    malloc_trim(0);
}

long clinux_heap_bytes_used(void) {
    struct mallinfo2 info = mallinfo2();
    return (long)(info.uordblks + info.hblkhd);
}
