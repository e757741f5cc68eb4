import EventLoop
import Synchronization

/// The state of a server's shutdown: whether it has begun, its deadlines, and the listeners to end.
final class ServerShutdown: Sendable {
    private struct State {
        var listeners: [ObjectIdentifier: ShutdownHandle] = [:]
        var deadline: MonotonicTime?
        var headDeadline: MonotonicTime?
    }

    private let flag = Atomic(false)
    private let state = Mutex(State())

    var hasBegun: Bool { flag.load(ordering: .sequentiallyConsistent) }

    /// The time at which the remaining requests are cancelled, or nil if the server does not stop.
    var deadline: MonotonicTime? { state.withLock { $0.deadline } }
    /// The time until which incomplete heads may arrive, or nil if the server does not stop.
    var headDeadline: MonotonicTime? { state.withLock { $0.headDeadline } }

    func add(_ listener: Listener) {
        let (handle, id) = (listener.shutdownHandle, ObjectIdentifier(listener))
        state.withLock { $0.listeners[id] = handle }
        if hasBegun { handle.end() }
    }

    func remove(_ listener: Listener) {
        let id = ObjectIdentifier(listener)
        state.withLock { $0.listeners[id] = nil }
    }

    /// Ends the listeners.
    func begin(within time: Duration, heads headTime: Duration) {
        let now = MonotonicTime.current()
        flag.store(true, ordering: .sequentiallyConsistent)
        state.withLock { state in
            state.deadline = now + time
            state.headDeadline = now + headTime
            for handle in state.listeners.values { handle.end() }
        }
    }
}
