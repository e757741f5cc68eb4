import EventLoop
import Glibc
import Synchronization
import TestSupport

/// Holds calls of a disk back until it is opened.
final class DiskGate: Sendable {
    private let isOpen = Mutex(false)
    private let hasArrived = Mutex(false)

    /// Holds all calls of this kind back.
    static func holding(_ call: SimulatedDisk.Call, of disk: SimulatedDisk) -> DiskGate {
        let gate = DiskGate()
        disk.disturb { operation in
            if operation.call == call { gate.wait() }
            return nil
        }
        return gate
    }

    /// Blocks the thread of the disk's call until the gate is open.
    func wait() {
        hasArrived.withLock { $0 = true }
        while !isOpen.withLock({ $0 }) { usleep(500) }
    }

    /// Returns once a call waits.
    func arrival(_ loop: EventLoop) async throws {
        try await loop.eventually { hasArrived.withLock { $0 } }
    }

    func open() { isOpen.withLock { $0 = true } }
}
