#define _GNU_SOURCE
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

// Takes the place of glibc's free and realloc in both programs, so that every freed block is wiped:
// passwords, texts and keys, in whatever type or library held them. Its manual ("Replacing malloc")
// asks to replace malloc and calloc too. These two stand over glibc's own allocator instead, which
// its exported __libc_* names allow. A static program is linked with `-z muldefs`, where the first
// definition counts.
//
// Sanitizers replace them too.

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define IS_SANITIZED 1
#endif
#endif

#ifndef IS_SANITIZED

extern void __libc_free(void *block);
extern void *__libc_malloc(size_t size);

void free(void *block) {
    if (block == NULL) return;
    memset(block, 0, malloc_usable_size(block));
    // Without it the compiler drops a write to memory that is about to be freed.
    __asm__ volatile("" : : "r"(block) : "memory");
    __libc_free(block);
}

void *realloc(void *block, size_t size) {
    if (block == NULL) return __libc_malloc(size);
    if (size == 0) {
        free(block);
        return NULL;
    }
    size_t usable = malloc_usable_size(block);
    if (size <= usable && size >= usable / 2) return block;
    void *moved = __libc_malloc(size);
    if (moved == NULL) return NULL;
    memcpy(moved, block, size < usable ? size : usable);
    free(block);
    return moved;
}

#endif
