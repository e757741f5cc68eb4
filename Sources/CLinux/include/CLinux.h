#pragma once
/// Declares the Linux calls that Swift's Glibc module lacks, or has only as macros.
/// `_GNU_SOURCE` is defined in CLinux.c alone, so that no importer sees other declarations for it.

#include "LockedMemory.h"

#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

/// The kernel's id of the calling thread, cached per thread. A function call, never inlined: Swift
/// may reuse a thread-local address across a suspension, where the thread has changed.
pid_t clinux_thread_id(void);

/// accept4(2) with SOCK_NONBLOCK | SOCK_CLOEXEC.
int clinux_accept(int listener, struct sockaddr *address, socklen_t *length);

/// preadv2(2) with RWF_NOWAIT: reads bytes from the page cache. Returns -1 with EAGAIN if they are
/// not there. Never waits for a disk.
ssize_t clinux_pread_cached(int file, void *buffer, size_t count, off_t offset);

/// Locks the byte at `position` of a file for as long as its description is open (F_OFD_SETLK,
/// fcntl(2)); the byte need not exist. Never waits. Returns 0, or -1 and errno; EAGAIN where
/// another description holds it.
int clinux_lock_byte(int file, off_t position);

/// Returns 1 if another description of the file holds a lock on one of its first `count` bytes,
/// 0 if none does, and -1 and errno on failure.
int clinux_is_locked_elsewhere(int file, off_t count);

/// Has the kernel hand `signal_number` to `handler_descriptor` (a pipe) as one byte,
/// also in a process whose id is 1, where default actions do not apply. Returns 0 or -1 and errno.
int clinux_forward_signal(int signal_number, int handler_descriptor);

/// Has the kernel leave the process out of core files, and keep other processes of the same user
/// from its memory (PR_SET_DUMPABLE, prctl(2)).
void clinux_deny_dumps(void);

/// mallopt(3) with M_ARENA_MAX, how many arenas malloc may keep for all threads together;
/// M_TRIM_THRESHOLD, how much may be free at the end of the heap before it goes back to the kernel;
/// and M_MMAP_THRESHOLD, from which size on a block is mapped by itself.
void clinux_bound_heap(int arena_count_max, int free_bytes_max, int block_bytes_max);

/// malloc_trim(3): returns free memory to the kernel.
void clinux_trim_heap(void);

/// mallinfo2(3): bytes of all blocks in use, those mapped by themselves included.
long clinux_heap_bytes_used(void);
