import EventLoop
import Logging
import RateLimit
import Synchronization

/// What all connections of a server share.
final class ServerState: Sendable {
    let loop: EventLoop
    let limits: Limits
    let deadlines: Deadlines
    let logger: Logger
    let handler: any Handler
    let fields = ServerFields()
    let connections: ConnectionRegistry
    let memory: ConnectionMemory
    let stopping = ServerShutdown()

    private static let loopsKeepingBuffersMax = 256
    private let requestLoopCount = Atomic(0)

    init(
        loop: EventLoop, limits: Limits, logger: Logger, shedding: LoadShedding,
        handler: any Handler
    ) {
        self.loop = loop
        self.limits = limits
        self.logger = logger
        self.handler = handler
        deadlines = Deadlines(limits)
        connections = ConnectionRegistry(limits, shedding: shedding)
        memory = ConnectionMemory(limits, connections, shedding: shedding)
    }

    var isStopping: Bool { stopping.hasBegun }

    /// Whether one more may hold its buffers for a moment, in case another request follows.
    var mayKeepBuffers: Bool {
        requestLoopCount.load(ordering: .relaxed) <= Self.loopsKeepingBuffersMax
    }

    func requestLoopBegan() { requestLoopCount.add(1, ordering: .relaxed) }
    func requestLoopEnded() { requestLoopCount.subtract(1, ordering: .relaxed) }

    /// Ends the listeners, and the wait of every connection that has no request.
    func stop(within time: Duration) {
        stopping.begin(within: time, heads: limits.stoppingHeadTimeMax)
        connections.endIdle()
    }

    /// Ends those whose head has begun and is not there in time: nothing of theirs is in flight.
    func endLateHeads() {
        guard let deadline = stopping.headDeadline, loop.now >= deadline else { return }
        connections.endHeads()
    }
}
