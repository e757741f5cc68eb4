#define _GNU_SOURCE
#include "LockedMemory.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum {
    range_bytes = 32 << 20,
    step_bytes = 64 << 10,
    header_bytes = 16,
    smallest_bytes = 64,
    class_count = 8,  // 64 bytes to 8 KiB
};

/// Begins each block. `next` is used while the block is free.
struct header {
    size_t class_index;
    struct header *next;
};

_Static_assert(sizeof(struct header) <= header_bytes, "the header fits");

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static unsigned char *range;
static size_t used_bytes, ready_bytes;
static struct header *free_blocks[class_count];
static int was_refused;
static __thread int locked_depth;

static int is_locked(const void *block) {
    uintptr_t start = (uintptr_t)range;
    return start != 0 && (uintptr_t)block - start < range_bytes;
}

/// Makes the next pages of the range usable.
static int grow(void) {
    if (range == NULL) {
        void *reserved = mmap(
            NULL, range_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (reserved == MAP_FAILED) return 0;
        range = reserved;
    }
    if (ready_bytes == range_bytes) return 0;
    unsigned char *step = range + ready_bytes;
    if (mprotect(step, step_bytes, PROT_READ | PROT_WRITE) != 0) return 0;
    madvise(step, step_bytes, MADV_DONTDUMP);
    if (mlock(step, step_bytes) != 0) was_refused = 1;
    ready_bytes += step_bytes;
    return 1;
}

static struct header *take(size_t class_index) {
    struct header *block = free_blocks[class_index];
    if (block != NULL) {
        free_blocks[class_index] = block->next;
        return block;
    }
    size_t bytes = (size_t)smallest_bytes << class_index;
    // Steps are a multiple of every class, and blocks do not cross one.
    size_t start = (used_bytes + bytes - 1) / bytes * bytes;
    if (start + bytes > ready_bytes && !grow()) return NULL;
    used_bytes = start + bytes;
    block = (struct header *)(range + start);
    block->class_index = class_index;
    return block;
}

void *clinux_locked_allocate(size_t size) {
    size_t class_index = 0;
    while (class_index < class_count
           && ((size_t)smallest_bytes << class_index) < size + header_bytes)
        class_index += 1;
    if (class_index == class_count) return malloc(size);
    pthread_mutex_lock(&mutex);
    struct header *block = take(class_index);
    pthread_mutex_unlock(&mutex);
    return block == NULL ? malloc(size) : (unsigned char *)block + header_bytes;
}

static size_t size_of(const void *block) {
    const struct header *header =
        (const struct header *)((const unsigned char *)block - header_bytes);
    return ((size_t)smallest_bytes << header->class_index) - header_bytes;
}

void clinux_locked_free(void *block) {
    if (!is_locked(block)) {
        free(block);
        return;
    }
    explicit_bzero(block, size_of(block));
    struct header *header = (struct header *)((unsigned char *)block - header_bytes);
    pthread_mutex_lock(&mutex);
    header->next = free_blocks[header->class_index];
    free_blocks[header->class_index] = header;
    pthread_mutex_unlock(&mutex);
}

int clinux_locking_was_refused(void) {
    return was_refused;
}

__attribute__((noinline)) void clinux_begin_locked(void) {
    locked_depth += 1;
}

__attribute__((noinline)) void clinux_end_locked(void) {
    locked_depth -= 1;
}

void *clinux_malloc(size_t size, const char *file, int line) {
    (void)file, (void)line;
    if (size == 0) return NULL;
    return locked_depth > 0 ? clinux_locked_allocate(size) : malloc(size);
}

void *clinux_realloc(void *block, size_t size, const char *file, int line) {
    if (block == NULL) return clinux_malloc(size, file, line);
    if (size == 0) {
        clinux_free(block, file, line);
        return NULL;
    }
    if (!is_locked(block)) return realloc(block, size);
    size_t before = size_of(block);
    void *moved = clinux_locked_allocate(size);
    if (moved == NULL) return NULL;
    memcpy(moved, block, before < size ? before : size);
    clinux_locked_free(block);
    return moved;
}

void clinux_free(void *block, const char *file, int line) {
    (void)file, (void)line;
    if (block != NULL) clinux_locked_free(block);
}
