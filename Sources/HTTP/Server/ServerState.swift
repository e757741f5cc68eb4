import EventLoop
import Logging
import Synchronization

/// What all connections of a server share.
final class ServerState: Sendable {
    let loop: EventLoop
    let limits: Limits
    let deadlines: Deadlines
    let logger: Logger
    let fault: @Sendable (HTTPFault) -> Response
    let answer: @Sendable (Request) async -> Response
    let dates = DateCache()

    private struct Registry {
        var admission: Admission
        var listeners: [ObjectIdentifier: SocketInput] = [:]
        var connections: [ObjectIdentifier: ConnectionMark] = [:]
        var stopDeadline: MonotonicTime?
    }

    private let registry: Mutex<Registry>
    private let stopping = Atomic(false)
    private let bodyBytes = Atomic(0)

    init(
        loop: EventLoop, limits: Limits, logger: Logger,
        fault: @escaping @Sendable (HTTPFault) -> Response,
        answer: @escaping @Sendable (Request) async -> Response
    ) {
        self.loop = loop
        self.limits = limits
        self.logger = logger
        self.fault = fault
        self.answer = answer
        deadlines = Deadlines(limits)
        registry = Mutex(Registry(admission: Admission(limits)))
    }

    var isStopping: Bool { stopping.load(ordering: .sequentiallyConsistent) }

    /// When those still at work are cancelled; nil unless stopping.
    var stopDeadline: MonotonicTime? { registry.withLock { $0.stopDeadline } }

    var hasConnections: Bool { registry.withLock { !$0.admission.isEmpty } }

    func enter(_ peer: SocketAddress, isExempt: Bool) -> Admission.Verdict {
        registry.withLock { $0.admission.enter(peer, isExempt: isExempt) }
    }

    func leave(_ peer: SocketAddress, isExempt: Bool, _ verdict: Admission.Verdict) {
        registry.withLock { $0.admission.leave(peer, isExempt: isExempt, verdict) }
    }

    /// Room for a body that comes in; false where all rooms together would be too large.
    func reserve(bodyBytes count: Int) -> Bool {
        let sum = bodyBytes.add(count, ordering: .relaxed).newValue
        if sum <= limits.bodyBytesInAllMax { return true }
        release(bodyBytes: count)
        return false
    }

    func release(bodyBytes count: Int) {
        bodyBytes.subtract(count, ordering: .relaxed)
    }

    func add(_ mark: ConnectionMark) {
        registry.withLock { $0.connections[ObjectIdentifier(mark)] = mark }
    }

    func remove(_ mark: ConnectionMark) {
        registry.withLock { $0.connections[ObjectIdentifier(mark)] = nil }
    }

    func add(_ listener: Listener) {
        let (input, id) = (listener.input, ObjectIdentifier(listener))
        registry.withLock { $0.listeners[id] = input }
        if isStopping { input.end() }
    }

    func remove(_ listener: Listener) {
        let id = ObjectIdentifier(listener)
        registry.withLock { $0.listeners[id] = nil }
    }

    /// Ends the listeners, and the wait of every connection that has no request. One that comes to
    /// wait later sees `isStopping` by itself.
    func stop(at deadline: MonotonicTime) {
        stopping.store(true, ordering: .sequentiallyConsistent)
        registry.withLock { registry in
            registry.stopDeadline = deadline
            for input in registry.listeners.values { input.end() }
            for mark in registry.connections.values where mark.isIdle { mark.input.end() }
        }
    }
}

/// What others may know of a connection: whether it waits for a request, and how to end that.
final class ConnectionMark: Sendable {
    let input: SocketInput
    private let idle = Atomic(false)

    init(_ input: SocketInput) {
        self.input = input
    }

    var isIdle: Bool {
        get { idle.load(ordering: .sequentiallyConsistent) }
        set { idle.store(newValue, ordering: .sequentiallyConsistent) }
    }
}
