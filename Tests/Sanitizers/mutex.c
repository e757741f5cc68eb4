// Tells the thread sanitizer what Swift's Mutex does where threads wait for each other.
//
// The quick half of the lock is compiled into this code and seen by the sanitizer. The slow half is
// in the toolchain's libswiftSynchronization, which is not instrumented: each time a thread had to
// wait, what it then read looked like a race. These two stand in front of that half (LD_PRELOAD).

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

#define LOCK_SLOW "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK_SLOW "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

// The programs of the toolchain that start the tests have no sanitizer.
__attribute__((weak)) void __tsan_acquire(void *address);
__attribute__((weak)) void __tsan_release(void *address);

typedef __attribute__((swiftcall)) void (*lock_slow)(
    uint32_t, __attribute__((swift_context)) void *);
typedef __attribute__((swiftcall)) void (*unlock_slow)(__attribute__((swift_context)) void *);

__attribute__((swiftcall)) void mutex_lock_slow(
    uint32_t thread, __attribute__((swift_context)) void *handle) __asm__(LOCK_SLOW);
__attribute__((swiftcall)) void mutex_unlock_slow(
    __attribute__((swift_context)) void *handle) __asm__(UNLOCK_SLOW);

__attribute__((swiftcall)) void mutex_lock_slow(
    uint32_t thread, __attribute__((swift_context)) void *handle) {
    ((lock_slow)dlsym(RTLD_NEXT, LOCK_SLOW))(thread, handle);
    if (__tsan_acquire) __tsan_acquire(handle);
}

__attribute__((swiftcall)) void mutex_unlock_slow(__attribute__((swift_context)) void *handle) {
    if (__tsan_release) __tsan_release(handle);
    ((unlock_slow)dlsym(RTLD_NEXT, UNLOCK_SLOW))(handle);
}
