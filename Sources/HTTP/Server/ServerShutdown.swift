import EventLoop
import Synchronization

/// Whether a server is stopping, until when, and the listeners that have to end.
final class ServerShutdown: Sendable {
    private struct State {
        var listeners: [ObjectIdentifier: ShutdownHandle] = [:]
        var deadline: MonotonicTime?
        var headDeadline: MonotonicTime?
    }

    private let flag = Atomic(false)
    private let state = Mutex(State())

    var hasBegun: Bool { flag.load(ordering: .sequentiallyConsistent) }

    /// When those still at work are cancelled; nil unless stopping.
    var deadline: MonotonicTime? { state.withLock { $0.deadline } }
    /// When heads that have begun are given up; nil unless stopping.
    var headDeadline: MonotonicTime? { state.withLock { $0.headDeadline } }

    func add(_ listener: Listener) {
        let (input, id) = (listener.shutdownHandle, ObjectIdentifier(listener))
        state.withLock { $0.listeners[id] = input }
        if hasBegun { input.end() }
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
            for input in state.listeners.values { input.end() }
        }
    }
}
