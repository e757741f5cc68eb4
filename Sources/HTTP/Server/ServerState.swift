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
    let connections: Connections
    let memory: HeldMemory
    let stopping = Stopping()

    private static let burstsKeptWarmMax = 256
    private let bursts = Atomic(0)

    init(
        loop: EventLoop, limits: Limits, logger: Logger, shedding: LoadShedding,
        handler: any Handler
    ) {
        self.loop = loop
        self.limits = limits
        self.logger = logger
        self.handler = handler
        deadlines = Deadlines(limits)
        connections = Connections(limits, shedding: shedding)
        memory = HeldMemory(limits, connections, shedding: shedding)
    }

    var isStopping: Bool { stopping.hasBegun }

    /// Whether one more may hold its buffers for a moment, in case another request follows.
    var keepsBurstsWarm: Bool { bursts.load(ordering: .relaxed) <= Self.burstsKeptWarmMax }

    func burstBegins() { bursts.add(1, ordering: .relaxed) }
    func burstEnds() { bursts.subtract(1, ordering: .relaxed) }

    /// Ends the listeners, and the wait of every connection that has no request.
    func stop(within time: Duration) {
        stopping.begin(within: time, heads: limits.stoppingHeadTimeMax)
        connections.endIdle()
    }

    /// Ends those whose head has begun and is not there in time: nothing of theirs is in flight.
    func giveUpHeads() {
        guard let deadline = stopping.headDeadline, loop.now >= deadline else { return }
        connections.endHeads()
    }
}
