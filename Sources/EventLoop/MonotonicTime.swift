internal import Glibc

/// A moment on the clock that never jumps (CLOCK_MONOTONIC), in nanoseconds since some past moment.
package struct MonotonicTime: Comparable, Hashable, Sendable {
    package let nanoseconds: Int64

    package init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    package static func current() -> MonotonicTime {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return MonotonicTime(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    package static func < (one: MonotonicTime, other: MonotonicTime) -> Bool {
        one.nanoseconds < other.nanoseconds
    }

    package static func + (time: MonotonicTime, duration: Duration) -> MonotonicTime {
        let parts = duration.components
        return MonotonicTime(
            nanoseconds: time.nanoseconds + parts.seconds * 1_000_000_000
                + parts.attoseconds / 1_000_000_000)
    }

    package static func - (one: MonotonicTime, other: MonotonicTime) -> Duration {
        .nanoseconds(one.nanoseconds - other.nanoseconds)
    }
}
