package import EventLoop

/// The times of a request that was answered, in nanoseconds.
package struct ServedTimes: Sendable {
    /// From the turn in which it was read to its answer.
    package let answering: UInt64
    /// From its answer until the answer was written.
    package let writing: UInt64

    package var all: UInt64 { answering + writing }

    /// The moments may come from different readings of the clock, so one may lie before the last.
    package init(read: MonotonicTime, answered: MonotonicTime, written: MonotonicTime) {
        answering = UInt64(max(0, answered.nanoseconds - read.nanoseconds))
        writing = UInt64(max(0, written.nanoseconds - answered.nanoseconds))
    }
}
