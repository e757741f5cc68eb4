/// Ends a socket's wait for input although there is none. Use it on the loop's thread.
///
/// A connection whose answer depends on an event waits for that event and for the client to leave
/// at once. The wait needs no memory beside the one that every idle connection has.
package struct WakeHandle {
    private let readiness: DescriptorReadiness

    fileprivate init(_ readiness: DescriptorReadiness) {
        self.readiness = readiness
    }

    /// Ends the wait, or the next one if the socket does not wait yet.
    package func wake() { readiness.wake() }
}

extension Socket {
    package var wakeHandle: WakeHandle { WakeHandle(readiness) }

    /// Forgets a wake-up that came too late, so that it does not end a later wait.
    package func forgetWake() { readiness.forgetWake() }
}
