import EventLoop
import Glibc
import Synchronization

/// Lets a call of the disk wait until it is told to go on.
final class Gate: Sendable {
    private let isOpen = Mutex(false)
    private let hasArrived = Mutex(false)

    /// Called on the thread of the disk's call.
    func wait() {
        hasArrived.withLock { $0 = true }
        while !isOpen.withLock({ $0 }) { usleep(500) }
    }

    /// Returns once somebody waits.
    func arrival(_ loop: EventLoop) async throws {
        while !hasArrived.withLock({ $0 }) { try await loop.sleep(for: .milliseconds(1)) }
    }

    func open() { isOpen.withLock { $0 = true } }
}
