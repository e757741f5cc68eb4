import EventLoop
import Logging
import RateLimit
import Synchronization

/// The state that all connections of a server share.
final class ServerState: Sendable {
    let loop: EventLoop
    let limits: Limits
    let logger: Logger
    let handler: any Handler
    let handshake: Handshake?
    let fields: ServerFields
    let connections: ConnectionRegistry
    let memory: ConnectionMemory
    let shutdown = ServerShutdown()

    private static let loopsKeepingBuffersMax = 256
    private let requestLoopCount = Atomic(0)

    init(
        loop: EventLoop, limits: Limits, logger: Logger, shedding: LoadShedding,
        handshake: Handshake?, commonFields: FieldLines, handler: any Handler
    ) {
        self.loop = loop
        self.handshake = handshake
        fields = ServerFields(commonFields)
        self.limits = limits
        self.logger = logger
        self.handler = handler
        connections = ConnectionRegistry(limits, shedding: shedding)
        memory = ConnectionMemory(limits, connections, shedding: shedding)
    }

    var isStopping: Bool { shutdown.hasBegun }

    /// Whether a request loop may keep its buffers for a moment, in case another request follows.
    var mayKeepBuffers: Bool {
        requestLoopCount.load(ordering: .relaxed) <= Self.loopsKeepingBuffersMax
    }

    func requestLoopBegan() { requestLoopCount.add(1, ordering: .relaxed) }
    func requestLoopEnded() { requestLoopCount.subtract(1, ordering: .relaxed) }

    /// Ends the listeners and the idle connections.
    func stop(within time: Duration) {
        shutdown.begin(within: time, heads: limits.stoppingHeadTimeMax)
        connections.endIdle()
    }

    /// Ends connections whose head is incomplete after its deadline. They have no request under
    /// way.
    func endLateHeads() {
        guard let deadline = shutdown.headDeadline, loop.now >= deadline else { return }
        connections.endHeads()
    }
}

/// The fields that the server adds to every response, encoded once a second.
final class ServerFields: Sendable {
    private let latest = Mutex<(date: HTTPDate, lines: FieldLines)?>(nil)
    private let others: FieldLines

    init(_ others: FieldLines = .none) {
        self.others = others
    }

    func lines(at date: HTTPDate = .now) -> FieldLines {
        latest.withLock { latest in
            if let latest, latest.date == date { return latest.lines }
            let own = FieldLines([("Date", date.text), ("X-Content-Type-Options", "nosniff")])
            let lines = own + others
            latest = (date, lines)
            return lines
        }
    }
}
