#pragma once
/// Memory for keys: pages that the kernel never swaps (mlock(2)) and leaves out of core files
/// (MADV_DONTDUMP). Every block is wiped when it is freed.

#include <stddef.h>

/// Returns a block, or NULL if memory runs out. A block over 8,176 bytes is ordinary memory.
void *clinux_locked_allocate(size_t size);

/// Wipes and frees a block of `clinux_locked_allocate`.
void clinux_locked_free(void *block);

/// Whether the kernel refused to lock a page, since the process may lock no more (RLIMIT_MEMLOCK).
int clinux_locking_was_refused(void);

/// Between these calls of one thread the functions below allocate locked memory.
void clinux_begin_locked(void);
void clinux_end_locked(void);

/// malloc(3), realloc(3) and free(3) in the form that OpenSSL takes.
void *clinux_malloc(size_t size, const char *file, int line);
void *clinux_realloc(void *block, size_t size, const char *file, int line);
void clinux_free(void *block, const char *file, int line);
