internal import Glibc

/// The input of somebody else's socket or listener, which can be ended from any task: what has
/// arrived is still read, then its owner comes upon the end. So a server wakes those who wait for
/// a next request without losing one that is just coming in.
package struct SocketInput: Sendable {
    private let watch: Watch

    init(_ watch: Watch) {
        self.watch = watch
    }

    package func end() {
        watch.loop.call { [watch] in watch.endInput() }
    }

    /// Ends both directions: whatever its owner waits for fails with `SocketFault.closed`.
    package func breakOff() {
        watch.loop.call { [watch] in watch.close() }
    }
}

extension Socket {
    package var input: SocketInput { SocketInput(watch) }
}

extension Listener {
    /// Ended, it takes no more connections, and `accept` throws.
    package var input: SocketInput { SocketInput(watch) }
}
