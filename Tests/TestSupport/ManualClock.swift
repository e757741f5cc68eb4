package import EventLoop
import Synchronization

/// A monotonic clock that moves only when a test says so.
package final class ManualClock: Sendable {
    private let time = Mutex(MonotonicTime(nanoseconds: 1))

    package init() {}

    package var now: MonotonicTime { time.withLock { $0 } }

    package func advance(by duration: Duration) { time.withLock { $0 = $0 + duration } }
}

extension EventLoop {
    /// Returns once the condition holds. Throws after ten seconds, so that no test hangs.
    package func eventually(_ condition: @Sendable () async -> Bool) async throws {
        let deadline = MonotonicTime.current() + .seconds(10)
        while await !condition() {
            guard MonotonicTime.current() < deadline else { throw ConditionNeverHeld() }
            try await sleep(for: .milliseconds(1))
        }
    }
}

/// Thrown by `eventually`.
package struct ConditionNeverHeld: Error {
    package init() {}
}
