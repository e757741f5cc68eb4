import EventLoop

/// Reads the requests of a connection within the limits of time and memory.
struct RequestReader: ~Copyable {
    enum Outcome {
        case request(Request, keepsAlive: Bool)
        /// The endpoint reads the body while it arrives.
        case streamed(Request, IncomingBody, keepsAlive: Bool)
        /// The client sends the body after it has read "100 Continue".
        case awaitsContinue
        /// The request is invalid or over a limit. Nothing more can be read.
        case fault(HTTPFault)
        /// No next request has arrived yet.
        case paused
        /// The client has left, or the server stops.
        case closed
    }

    /// The part of a request that has arrived incompletely, and the time when it began.
    private enum Phase {
        case idle
        case head(since: MonotonicTime)
        case body(since: MonotonicTime)
        /// The request is complete. Its body and the bytes behind it are in memory.
        case handling
    }

    private static let readBytesMax = 16 << 10
    private static let bodyReadBytesMax = 64 << 10
    /// A buffer of at most this size is kept for the next request.
    private static let keptBufferBytesMax = 4 << 10
    /// The time without a request after which the loop ends and frees its buffers. Clients under
    /// load pause for less.
    private static let bufferKeepTimeMax = Duration.milliseconds(100)

    private let socket: Socket
    private let server: ServerState
    private let status: ConnectionStatus
    private let pauseTimeMax: Duration
    private var parser: RequestParser
    private var phase = Phase.idle
    /// The bytes that the phase is charged for.
    private var charged = 0
    /// The received bytes. The first `taken` of them are parsed.
    private var input: [UInt8] = []
    private var taken = 0

    init(_ socket: Socket, _ server: ServerState, _ status: ConnectionStatus) {
        self.socket = socket
        self.server = server
        self.status = status
        pauseTimeMax = min(server.limits.idleTimeMax, Self.bufferKeepTimeMax)
        parser = RequestParser(peer: socket.peer, presence: socket.presence)
    }

    /// The number of bytes received after the request that was returned last.
    var leftBytes: Int { input.count - taken + socket.undecodedByteCount }

    /// The refused request without its body, or nil if its head was invalid.
    var requestWithoutBody: Request? { parser.requestWithoutBody }

    /// Reads until there is a request, or a reason to stop.
    mutating func next() async -> Outcome {
        while true {
            if let outcome = parse() { return outcome }
            if let outcome = await receive() { return outcome }
        }
    }

    /// Releases the memory that the current phase is charged for.
    mutating func endPhase() {
        if case .idle = phase { return }
        phase = .idle
        charged = 0
        server.memory.release(.requests, of: status)
    }

    /// Begins the handling of a complete request. Returns false if there is no memory for it.
    ///
    /// Its body and the bytes behind it stay charged until `endPhase`. Most requests have neither.
    @inline(__always)
    mutating func beginHandling(_ request: inout Request) -> Bool {
        guard request.bodyByteCount == 0, taken == input.count else { return keep(&request) }
        endPhase()
        return true
    }

    /// Charges for the body and the bytes behind it. Nothing reads the body of GET and HEAD, so it
    /// is dropped. A few bytes are kept even if the budget is used up.
    @inline(never)
    private mutating func keep(_ request: inout Request) -> Bool {
        endPhase()
        if request.method == .get || request.method == .head { request.dropBody(over: 0) }
        if taken == input.count { discardTaken() }
        let count = request.bodyByteCount + input.count
        guard count > 0 else { return true }
        phase = .handling
        if count <= server.limits.smallBodyBytesMax {
            server.memory.chargeAlways(count, for: .requests, to: status)
            return true
        }
        return server.memory.charge(count, for: .requests, to: status, at: server.loop.now)
    }

    /// Parses the received bytes. Returns nil if more are needed.
    ///
    /// Not inlined, so that its variables are on the stack and not in every suspended task.
    @inline(never)
    private mutating func parse() -> Outcome? {
        guard taken < input.count || parser.hasWholeBody else { return nil }
        var count = 0
        defer { taken += count }
        let input = input
        do {
            let rest = input.span.extracting(taken..<input.count)
            switch try parser.parse(rest, server.limits, taken: &count) {
            case .request(let request, let keepsAlive):
                return .request(request, keepsAlive: keepsAlive)
            case .awaitsContinue: return .awaitsContinue
            case .streamed(let request, let framing):
                taken += count
                count = 0
                return .streamed(request, beginBody(framing), keepsAlive: framing.keepsAlive)
            case .needsMore: return nil
            }
        } catch {
            return .fault(error)
        }
    }

    /// Hands the bytes of the body that have arrived to its reader.
    private mutating func beginBody(
        _ framing: RequestParser.StreamedFraming
    ) -> IncomingBody {
        let arrived = Array(input[taken...].prefix(framing.length))
        taken += arrived.count
        discardTaken()
        endPhase()
        return IncomingBody(
            length: framing.length, arrived: arrived, awaitsContinue: framing.awaitsContinue,
            socket, server, status)
    }

    /// Waits for more bytes and appends them. Returns nil then, or the reason why none came.
    private mutating func receive() async -> Outcome? {
        discardTaken()
        let deadline: MonotonicTime
        do {
            deadline = try beginPhase(at: server.loop.now)
        } catch {
            return .fault(error)
        }
        if case .idle = phase {
            if server.isStopping { return .closed }
            guard socket.mayHaveInput || server.mayKeepBuffers else { return .paused }
        }
        let max = parser.isInBody ? Self.bodyReadBytesMax : Self.readBytesMax
        let count: Int
        do throws(SocketFault) {
            if input.isEmpty, parser.readsBodyUnparsed {
                count = try await socket.read(appendingTo: &parser.body, max: max, until: deadline)
                let surplus = parser.takeSurplus()
                if !surplus.isEmpty { input = surplus }
            } else {
                count = try await socket.read(appendingTo: &input, max: max, until: deadline)
            }
        } catch {
            return outcome(of: error)
        }
        status.setBusy()
        if count == 0 {
            let wasEvicted = status.isEvicted && parser.isInBody
            return wasEvicted ? .fault(.connectionsTooMany) : .closed
        }
        // Yields after a full read so that one client cannot starve the others.
        if count == max { await Task.yield() }
        return nil
    }

    private mutating func discardTaken() {
        if taken == input.count {
            input.removeAll(keepingCapacity: input.capacity <= Self.keptBufferBytesMax)
        } else {
            input.removeFirst(taken)
        }
        taken = 0
    }

    /// Begins the phase that the parser is in, or continues it, and charges for the received bytes.
    /// Returns the deadline of the phase.
    private mutating func beginPhase(at now: MonotonicTime) throws(HTTPFault) -> MonotonicTime {
        if parser.isInBody {
            var since = now
            if case .body(let begin) = phase { since = begin } else { endPhase() }
            phase = .body(since: since)
            status.setPhase(.body, since: since)
            try charge(parser.bodyByteCount, at: now)
            return since + server.limits.bodyTimeMax
        }
        if !input.isEmpty {
            var since = now
            if case .head(let begin) = phase { since = begin }
            phase = .head(since: since)
            status.setPhase(.head, since: since)
            try charge(input.count, at: now)
            return since + server.limits.headTimeMax
        }
        // TLS records that carry no byte of a request do not restart the wait.
        status.setPhase(.idle, since: status.idleSince ?? now)
        return now + pauseTimeMax
    }

    /// Charges received bytes, not the announced length, so that an announcement alone takes
    /// nothing from others.
    private mutating func charge(_ count: Int, at now: MonotonicTime) throws(HTTPFault) {
        let more = count - charged
        guard more > 0 else { return }
        guard server.memory.charge(more, for: .requests, to: status, at: now) else {
            throw .connectionsTooMany
        }
        charged = count
    }

    private func outcome(of fault: SocketFault) -> Outcome {
        switch (fault, phase) {
        case (.timeout, .head): .fault(.headTimeout)
        case (.timeout, .body): .fault(.bodyTimeout)
        case (.timeout, .idle), (.timeout, .handling): .paused
        case (.closed, _), (.cancelled, _), (.truncated, _), (.insecure, _), (.system, _): .closed
        }
    }
}
