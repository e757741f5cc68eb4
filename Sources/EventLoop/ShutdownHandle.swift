internal import Glibc

/// The input of somebody else's socket or listener, which can be ended from any task: what has
/// arrived is still read, then its owner comes upon the end. So a server wakes those who wait for
/// a next request without losing one that is just coming in.
package struct ShutdownHandle: Sendable {
    private let readiness: DescriptorReadiness

    init(_ readiness: DescriptorReadiness) {
        self.readiness = readiness
    }

    package func end() {
        readiness.loop.call { [readiness] in readiness.endInput() }
    }

    /// Ends both directions: whatever its owner waits for fails with `SocketFault.closed`.
    package func close() {
        readiness.loop.call { [readiness] in readiness.close() }
    }
}

extension Socket {
    package var shutdownHandle: ShutdownHandle { ShutdownHandle(readiness) }
}

extension Listener {
    /// Ended, it takes no more connections, and `accept` throws.
    package var shutdownHandle: ShutdownHandle { ShutdownHandle(readiness) }
}
