/// Ends the input of a socket or a listener from any task.
///
/// A server that stops wakes idle connections this way. A request that is arriving is not lost,
/// because the owner still reads all received bytes before it sees the end.
package struct ShutdownHandle: Sendable {
    private let readiness: DescriptorReadiness

    init(_ readiness: DescriptorReadiness) {
        self.readiness = readiness
    }

    /// Ends the input. The owner reads what was received, and then the end.
    package func end() {
        readiness.loop.call { [readiness] in readiness.endInput() }
    }

    /// Ends both directions. All waits of the owner fail with `SocketFault.closed`.
    package func close() {
        readiness.loop.call { [readiness] in readiness.close() }
    }
}

extension Socket {
    package var shutdownHandle: ShutdownHandle { ShutdownHandle(readiness) }
}

extension Listener {
    /// After `end` the listener accepts no more connections, and `accept` throws.
    package var shutdownHandle: ShutdownHandle { ShutdownHandle(readiness) }
}
