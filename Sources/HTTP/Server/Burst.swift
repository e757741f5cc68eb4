import EventLoop
import Logging

/// Requests that follow one another closely on one connection: reads one, has it answered, and so
/// on until none comes for a moment. It lives in one task and nobody else touches it, which its not
/// being Sendable proves.
struct Burst: ~Copyable {
    /// How a burst ends: what its connection does next.
    enum Outcome { case quiet, over }

    private enum Phase {
        case idle
        case head(until: MonotonicTime)
        case body(until: MonotonicTime, reserved: Int)
    }

    private enum End: Error {
        case fault(HTTPFault)
        /// No next request has come so far.
        case quiet
        /// There is nobody to tell.
        case silent
    }

    private static let readBytesMax = 16 << 10
    private static let bodyReadBytesMax = 64 << 10
    /// Room of up to this size is left for the next request's bytes.
    private static let inputKeptBytesMax = 4 << 10

    private let socket: Socket
    private let server: ServerState
    private let mark: ConnectionMark
    private var parser: RequestParser
    private var phase = Phase.idle
    /// What has arrived; the first `taken` bytes are done with.
    private var input: [UInt8] = []
    private var taken = 0
    private var output: [UInt8] = []

    init(_ socket: Socket, _ server: ServerState, _ mark: ConnectionMark) {
        self.socket = socket
        self.server = server
        self.mark = mark
        parser = RequestParser(peer: socket.peer)
    }

    mutating func run() async -> Outcome {
        server.burstBegins()
        defer {
            leavePhase()
            server.burstEnds()
        }
        do throws(End) {
            while let (request, keepsAlive) = try await nextRequest() {
                let response = await server.handler.answer(request)
                guard try await answer(request, with: response, keepsAlive) else {
                    await linger()
                    return .over
                }
                // Who has sent many at once gets one answer a turn, and the others theirs.
                if taken < input.count { await Task.yield() }
            }
        } catch {
            switch error {
            case .fault(let fault): await refuse(fault)
            case .quiet: return .quiet
            case .silent: ()
            }
        }
        return .over
    }

    /// Answers once, and reads nothing of what follows as a request.
    mutating func refuse(_ fault: HTTPFault) async {
        server.logger.debug("\(socket.peer) is refused: \(fault)")
        let response = server.handler.refuse(fault, parser.bodiless)
        let head = ResponseHead(response, to: .get, .http11, keepsAlive: false)
        output.removeAll(keepingCapacity: true)
        head.append(response, server.fields.lines(), to: &output)
        do {
            try await write(try await response.bodyBytes())
        } catch {
            return
        }
        await linger()
    }

    // MARK: Reading

    /// The next request and whether the client wants another one after it; nil at the end.
    private mutating func nextRequest() async throws(End) -> (Request, Bool)? {
        while true {
            if taken < input.count {
                switch try parse() {
                case .request(let request, let keepsAlive):
                    leavePhase()
                    return (request, keepsAlive)
                case .awaitsContinue:
                    output.append("HTTP/1.1 100 Continue\r\n\r\n")
                    try await write([])
                case .needsMore: ()
                }
            }
            guard try await receive() else { return nil }
        }
    }

    /// Out of line, so that what it needs is on the stack and not in every waiting task.
    @inline(never)
    private mutating func parse() throws(End) -> RequestParser.Outcome {
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
    private mutating func receive() async throws(End) -> Bool {
        if taken == input.count {
            input.removeAll(keepingCapacity: input.capacity <= Burst.inputKeptBytesMax)
        } else {
            input.removeFirst(taken)
        }
        taken = 0
        let deadline = try enterPhase(at: server.loop.now)
        let max = parser.isInBody ? Burst.bodyReadBytesMax : Burst.readBytesMax
        switch phase {
        case .idle:
            mark.isIdle(since: server.loop.now)
            if server.isStopping { return false }
            guard socket.mayHaveInput || server.keepsBurstsWarm else { throw .quiet }
        case .head: mark.isAmidHead()
        case .body: ()
        }
        let count: Int
        do throws(SocketFault) {
            count = try await socket.read(appendingTo: &input, max: max, until: deadline)
        } catch {
            throw end(of: error)
        }
        mark.isBusy()
        // Who always has more to send must not keep the others waiting.
        if count == max { await Task.yield() }
        return count > 0
    }

    /// Which time is running now, and when it is over.
    private mutating func enterPhase(at now: MonotonicTime) throws(End) -> MonotonicTime {
        switch phase {
        case .body(let deadline, let reserved):
            phase = .body(until: deadline, reserved: try room(from: reserved))
            return deadline
        case .head(let deadline) where !parser.isInBody: return deadline
        case .idle, .head: ()
        }
        if parser.isInBody {
            let deadline = server.deadlines.body(from: now)
            phase = .body(until: deadline, reserved: try room(from: 0))
            return deadline
        }
        if !input.isEmpty {
            let deadline = server.deadlines.head(from: now)
            phase = .head(until: deadline)
            return deadline
        }
        return server.deadlines.burst(from: now)
    }

    /// Room for what has come of the body, and not for all that was announced: who only announces
    /// takes none from others.
    private func room(from reserved: Int) throws(End) -> Int {
        let count = parser.bodyByteCount
        guard server.reserve(bodyBytes: count - reserved) else {
            throw .fault(.connectionsTooMany)
        }
        return count
    }

    private mutating func leavePhase() {
        if case .body(_, let count) = phase { server.release(bodyBytes: count) }
        phase = .idle
    }

    private func end(of fault: SocketFault) -> End {
        switch (fault, phase) {
        case (.timeout, .head): .fault(.headTimeout)
        case (.timeout, .body): .fault(.bodyTimeout)
        case (.timeout, .idle): .quiet
        case (.closed, _), (.cancelled, _), (.system, _): .silent
        }
    }

    /// close() with input unread sends a reset, which can destroy the answer on its way: so the
    /// end is announced first, and what still comes is dropped for a while.
    private func linger() async {
        socket.shutdownWriting()
        let deadline = server.deadlines.drain(from: server.loop.now)
        var dropped: [UInt8] = []
        var left = server.limits.drainBytesMax
        while left > 0 {
            dropped.removeAll(keepingCapacity: true)
            let max = min(left, Burst.bodyReadBytesMax)
            let count = try? await socket.read(appendingTo: &dropped, max: max, until: deadline)
            guard let count, count > 0 else { return }
            left -= count
            await Task.yield()
        }
    }

    // MARK: Answering

    /// Whether another request may follow.
    private mutating func answer(
        _ request: Request, with response: Response, _ keepsAlive: Bool
    ) async throws(End) -> Bool {
        let head = begin(response, to: request, keepsAlive)
        switch (head.delivery, response.body) {
        case (.whole, .bytes(let body)):
            try await write(body)
        case (.chunked, .stream(let stream)), (.untilClose, .stream(let stream)):
            try await send(stream, isChunked: head.delivery == .chunked)
        case (.head, _), (.whole, _), (.chunked, _), (.untilClose, _):
            try await write([])
        }
        return head.keepsAlive
    }

    /// The head, as the beginning of what goes out.
    @inline(never)
    private mutating func begin(
        _ response: Response, to request: Request, _ keepsAlive: Bool
    ) -> ResponseHead {
        let head = ResponseHead(
            response, to: request.method, request.version,
            keepsAlive: keepsAlive && !server.isStopping)
        output.reserveCapacity(512)
        head.append(response, server.fields.lines(), to: &output)
        return head
    }

    /// The head goes out with the first piece, so that a stream which fails before it can still be
    /// answered for.
    private mutating func send(
        _ stream: @Sendable (BodyWriter) async throws -> Void, isChunked: Bool
    ) async throws(End) {
        let writer = BodyWriter(socket, head: output, isChunked: isChunked, server.deadlines)
        output.removeAll(keepingCapacity: true)
        do {
            try await stream(writer)
        } catch {
            throw writer.hasSent ? cutOff(isChunked) : .fault(.answerFailed)
        }
        do {
            try await writer.finish()
        } catch {
            throw cutOff(isChunked)
        }
    }

    /// What lacks its last chunk is seen to be a part; what ends with the connection only if that
    /// breaks.
    private func cutOff(_ isChunked: Bool) -> End {
        if !isChunked { socket.resetOnClose() }
        return .silent
    }

    /// What stands in `output`, and the body behind it, in one write.
    private mutating func write(_ body: [UInt8]) async throws(End) {
        let deadline = server.deadlines.write(from: server.loop.now)
        do {
            try await socket.write(output, body, until: deadline)
        } catch {
            throw .silent
        }
        output.removeAll(keepingCapacity: true)
    }
}
