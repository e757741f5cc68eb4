import EventLoop
import Logging
import Synchronization

/// What all connections of a server share.
final class ServerState: Sendable {
    let loop: EventLoop
    let limits: Limits
    let deadlines: Deadlines
    let logger: Logger
    let handler: any Handler
    let fields = ServerFields()

    private struct Registry {
        var admission: Admission
        var listeners: [ObjectIdentifier: SocketInput] = [:]
        var connections: [ObjectIdentifier: ConnectionMark] = [:]
        var stopDeadline: MonotonicTime?
        var headDeadline: MonotonicTime?
        var shortageTold: MonotonicTime?
    }

    private static let idleLetGoAtOnce = 16
    private static let burstsKeptWarmMax = 256
    private let registry: Mutex<Registry>
    private let stopping = Atomic(false)
    private let bodyBytes = Atomic(0)
    private let bursts = Atomic(0)

    init(loop: EventLoop, limits: Limits, logger: Logger, handler: any Handler) {
        self.loop = loop
        self.limits = limits
        self.logger = logger
        self.handler = handler
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

    /// Whether one more may hold its room for a moment, in case another request follows.
    var keepsBurstsWarm: Bool { bursts.load(ordering: .relaxed) <= Self.burstsKeptWarmMax }

    func burstBegins() { bursts.add(1, ordering: .relaxed) }
    func burstEnds() { bursts.subtract(1, ordering: .relaxed) }

    func add(_ mark: ConnectionMark) {
        registry.withLock { $0.connections[ObjectIdentifier(mark)] = mark }
    }

    func remove(_ mark: ConnectionMark) {
        registry.withLock { $0.connections[ObjectIdentifier(mark)] = nil }
    }

    /// Ends those that have waited longest for a next request: there is no descriptor left for who
    /// comes new, and whoever is let go can come back.
    func letGoOfIdle() {
        let now = MonotonicTime.current()
        let (longest, isNews) = registry.withLock { registry in
            let idle = registry.connections.values
                .compactMap { mark in mark.idleSince.map { (since: $0, mark: mark) } }
                .sorted { $0.since < $1.since }
            // A shortage may last, and be met ten times a second.
            let isNews = registry.shortageTold.map { now - $0 >= .seconds(10) } ?? true
            if isNews { registry.shortageTold = now }
            return (idle.prefix(ServerState.idleLetGoAtOnce), isNews)
        }
        if isNews { logger.warning("out of descriptors: those idle for longest are let go") }
        for (_, mark) in longest { mark.input.end() }
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
    func stop(within time: Duration) {
        let now = MonotonicTime.current()
        stopping.store(true, ordering: .sequentiallyConsistent)
        registry.withLock { registry in
            registry.stopDeadline = now + time
            registry.headDeadline = now + limits.stoppingHeadTimeMax
            for input in registry.listeners.values { input.end() }
            for mark in registry.connections.values where mark.idleSince != nil { mark.input.end() }
        }
    }

    /// Ends those whose head has begun and is not there in time: nothing of theirs is in flight.
    func letGoOfHeads() {
        registry.withLock { registry in
            guard let deadline = registry.headDeadline, loop.now >= deadline else { return }
            for mark in registry.connections.values where mark.isInHead { mark.input.end() }
        }
    }
}

/// What others may know of a connection: how far it is with its next request, and how to end the
/// wait for it.
final class ConnectionMark: Sendable {
    private static let busy: Int64 = -1
    private static let inHead: Int64 = -2

    let input: SocketInput
    /// One of the above, or since when it is idle.
    private let state = Atomic(busy)

    init(_ input: SocketInput) {
        self.input = input
    }

    /// Nil unless it waits for a request to begin.
    var idleSince: MonotonicTime? {
        let nanoseconds = state.load(ordering: .sequentiallyConsistent)
        return nanoseconds < 0 ? nil : MonotonicTime(nanoseconds: nanoseconds)
    }

    /// It waits for the rest of a head.
    var isInHead: Bool { state.load(ordering: .sequentiallyConsistent) == Self.inHead }

    func isIdle(since time: MonotonicTime) {
        state.store(time.nanoseconds, ordering: .sequentiallyConsistent)
    }

    func isAmidHead() { state.store(Self.inHead, ordering: .sequentiallyConsistent) }
    func isBusy() { state.store(Self.busy, ordering: .sequentiallyConsistent) }
}
