import EventLoop

/// Reads the requests of a burst, within the limits of time and memory.
struct RequestReader: ~Copyable {
    enum Outcome {
        case request(Request, keepsAlive: Bool)
        /// The client sends no body before it has read "100 Continue".
        case awaitsContinue
        /// No further request comes.
        case end
    }

    private enum Phase {
        case idle
        case head(since: MonotonicTime)
        case body(since: MonotonicTime)
    }

    private static let readBytesMax = 16 << 10
    private static let bodyReadBytesMax = 64 << 10
    /// A buffer of up to this size is kept for the next request's bytes.
    private static let inputKeptBytesMax = 4 << 10

    private let socket: Socket
    private let server: ServerState
    private let status: ConnectionStatus
    private var parser: RequestParser
    private var phase = Phase.idle
    /// What the phase is charged for.
    private var charged = 0
    /// What has arrived; the first `taken` bytes are done with.
    private var input: [UInt8] = []
    private var taken = 0

    init(_ socket: Socket, _ server: ServerState, _ status: ConnectionStatus) {
        self.socket = socket
        self.server = server
        self.status = status
        parser = RequestParser(peer: socket.peer)
    }

    /// What has arrived behind the request that was read.
    var leftBytes: Int { input.count - taken }

    /// The request that is amiss, without its body; nil where not even its head was sound.
    var withoutBody: Request? { parser.withoutBody }

    mutating func next() async throws(RequestLoop.End) -> Outcome {
        while true {
            if taken < input.count {
                switch try parse() {
                case .request(let request, let keepsAlive):
                    leavePhase()
                    return .request(request, keepsAlive: keepsAlive)
                case .awaitsContinue: return .awaitsContinue
                case .needsMore: ()
                }
            }
            guard try await receive() else { return .end }
        }
    }

    mutating func leavePhase() {
        if case .idle = phase { return }
        phase = .idle
        charged = 0
        server.memory.release(.requests, of: status)
    }

    /// Out of line, so that what it needs is on the stack and not in every waiting task.
    @inline(never)
    private mutating func parse() throws(RequestLoop.End) -> RequestParser.Outcome {
        var count = 0
        defer { taken += count }
        let input = input
        do {
            let rest = input.span.extracting(taken..<input.count)
            return try parser.parse(rest, server.limits, taken: &count)
        } catch {
            throw .fault(error)
        }
    }

    /// Waits for more bytes; false where none will come.
    private mutating func receive() async throws(RequestLoop.End) -> Bool {
        if taken == input.count {
            input.removeAll(keepingCapacity: input.capacity <= Self.inputKeptBytesMax)
        } else {
            input.removeFirst(taken)
        }
        taken = 0
        let deadline = try enterPhase(at: server.loop.now)
        let max = parser.isInBody ? Self.bodyReadBytesMax : Self.readBytesMax
        if case .idle = phase {
            if server.isStopping { return false }
            guard socket.mayHaveInput || server.mayKeepBuffers else { throw .quiet }
        }
        let count: Int
        do throws(SocketFault) {
            count = try await socket.read(appendingTo: &input, max: max, until: deadline)
        } catch {
            throw end(of: error)
        }
        status.setBusy()
        if count == 0, status.isEvicted, parser.isInBody { throw .fault(.connectionsTooMany) }
        // Yields after a full read so that one client cannot starve the others.
        if count == max { await Task.yield() }
        return count > 0
    }

    /// Notes what is waited for now, and charges for what has come of it. Returns when it is due.
    private mutating func enterPhase(at now: MonotonicTime) throws(RequestLoop.End) -> MonotonicTime
    {
        if parser.isInBody {
            var since = now
            if case .body(let begin) = phase { since = begin } else { leavePhase() }
            phase = .body(since: since)
            status.setPhase(.body, since: since)
            try charge(parser.bodyByteCount, at: now)
            return server.deadlines.body(from: since)
        }
        if !input.isEmpty {
            var since = now
            if case .head(let begin) = phase { since = begin }
            phase = .head(since: since)
            status.setPhase(.head, since: since)
            try charge(input.count, at: now)
            return server.deadlines.head(from: since)
        }
        status.setPhase(.idle, since: now)
        return server.deadlines.nextRequest(from: now)
    }

    /// Charges received bytes, not the announced length: an announcement alone takes nothing from
    /// others.
    private mutating func charge(_ count: Int, at now: MonotonicTime) throws(RequestLoop.End) {
        let more = count - charged
        guard more > 0 else { return }
        guard server.memory.charge(more, for: .requests, to: status, at: now) else {
            throw .fault(.connectionsTooMany)
        }
        charged = count
    }

    private func end(of fault: SocketFault) -> RequestLoop.End {
        switch (fault, phase) {
        case (.timeout, .head): .fault(.headTimeout)
        case (.timeout, .body): .fault(.bodyTimeout)
        case (.timeout, .idle): .quiet
        case (.closed, _), (.cancelled, _), (.system, _): .silent
        }
    }
}
