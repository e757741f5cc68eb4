internal import Glibc

/// A moment of a clock that never jumps (CLOCK_MONOTONIC), in nanoseconds since an unspecified
/// start.
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

    /// Returns the moment that is later by `duration`. A result out of range, 292 years away,
    /// becomes the last or the first moment. Durations may come from options.
    package static func + (time: MonotonicTime, duration: Duration) -> MonotonicTime {
        let sum = Int128(time.nanoseconds) + duration.attoseconds / 1_000_000_000
        return MonotonicTime(nanoseconds: Int64(clamping: sum))
    }

    package static func - (time: MonotonicTime, duration: Duration) -> MonotonicTime {
        time + (.zero - duration)
    }

    package static func - (one: MonotonicTime, other: MonotonicTime) -> Duration {
        .nanoseconds(one.nanoseconds) - .nanoseconds(other.nanoseconds)
    }
}
