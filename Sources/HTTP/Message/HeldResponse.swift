package import EventLoop

/// A response that waits for an event.
///
/// The connection waits until the event, the deadline, the end of the client's side, its next
/// request, or the server's stop. The handler is then asked again. All calls are on the loop.
package protocol HeldResponse: AnyObject, Sendable {
    /// The time at which there is a response in any case.
    var deadline: MonotonicTime { get }
    /// Called before the connection waits. The event calls `wake` from then on. If the event has
    /// happened already, it calls `wake` at once.
    func begin(_ handle: WakeHandle)
    /// Called once the connection waits no more, or if it does not wait at all.
    func end()
}
