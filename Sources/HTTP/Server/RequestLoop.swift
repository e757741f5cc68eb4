import EventLoop
import Logging

/// Serves the requests of one connection that follow each other closely: reads a request, answers
/// it, writes the response, and repeats.
///
/// It lives in one task. It is not Sendable, so the compiler proves that no other task touches it.
struct RequestLoop: ~Copyable {
    /// The reason why the loop has ended.
    enum Outcome {
        /// No next request has arrived yet. The connection waits for it without a buffer.
        case paused
        /// The response to a request is not there yet, and no other request has arrived.
        case held(HeldRequest)
        /// The connection is over and has to be closed.
        case finished
    }

    private let server: ServerState
    private let status: ConnectionStatus
    private var reader: RequestReader
    private var sender: ResponseSender

    init(_ socket: Socket, _ server: ServerState, _ status: ConnectionStatus) {
        self.server = server
        self.status = status
        reader = RequestReader(socket, server, status)
        sender = ResponseSender(socket, server, status)
    }

    /// - Parameter held: A request that is answered before others are read.
    mutating func run(answering held: HeldRequest?) async -> Outcome {
        // Copies, because each read of a reference in a mutable `self` counts it anew.
        let (server, status, handler) = (server, status, server.handler)
        server.requestLoopBegan()
        defer {
            reader.endPhase()
            server.requestLoopEnded()
        }
        var wasServed = false
        var next: RequestReader.Outcome
        if let held {
            next = .request(held.request, keepsAlive: held.keepsAlive)
        } else {
            next = await reader.next()
        }
        while true {
            switch consume next {
            case .request(let request, let keepsAlive):
                if let outcome = await answer(request, keepsAlive, handler) { return outcome }
                if !wasServed { status.setServed() }
                wasServed = true
                // Yields between pipelined requests so that one client cannot starve the others.
                if reader.leftBytes > 0 { await Task.yield() }
            case .streamed(let request, let body, let keepsAlive):
                if let outcome = await answer(request, body, keepsAlive) { return outcome }
                if !wasServed { status.setServed() }
                wasServed = true
            case .awaitsContinue:
                guard await sender.sendContinue() else { return .finished }
            case .fault(let fault):
                await sender.refuse(fault, reader.requestWithoutBody)
                return .finished
            case .paused: return .paused
            case .closed: return .finished
            }
            next = await reader.next()
        }
    }

    /// Refuses the connection without reading a request.
    mutating func refuse(_ fault: HTTPFault) async {
        await sender.refuse(fault, nil)
    }

    /// Lets the application answer, and writes the response. Returns nil if another request may
    /// follow.
    ///
    /// Inlined to save an async frame for each request.
    @inline(__always)
    private mutating func answer(
        _ request: consuming Request, _ keepsAlive: Bool, _ handler: any Handler
    ) async -> Outcome? {
        guard reader.beginHandling(&request) else {
            request.dropBody(over: 0)
            await sender.refuse(.connectionsTooMany, copy request)
            return .finished
        }
        var response: Response
        /// Nil for a response that needed no wait.
        var read: MonotonicTime?
        if !request.wasHeld, let known = handler.answerAtOnce(request) {
            response = known
        } else {
            read = server.loop.now
            response = await handler.answer(request)
        }
        if case .held(let wanted) = response.body {
            request.wasHeld = true
            if mayHold(request) { return .held(HeldRequest(request, keepsAlive, wanted)) }
            wanted.end()
            response = await handler.answer(request)
        }
        // The write may wait long for the client.
        reader.endPhase()
        request.dropBody(over: server.limits.smallAnswerBytesMax)
        guard let read else { return await send(response, to: request, keepsAlive) }
        let (status, answered) = (response.status, MonotonicTime.current())
        let outcome = await send(response, to: request, keepsAlive)
        // The loop's time moves on only where the write had to wait.
        handler.served(
            request, status,
            ServedTimes(read: read, answered: answered, written: max(answered, server.loop.now)))
        return outcome
    }

    /// Lets the application answer a request whose body it reads. Returns nil if another request
    /// may follow.
    private mutating func answer(
        _ request: Request, _ body: IncomingBody, _ keepsAlive: Bool
    ) async -> Outcome? {
        let response = await server.handler.answer(request, body)
        let isWhole = await body.drain()
        body.end()
        return await send(response, to: request, keepsAlive && isWhole)
    }

    /// Writes the response. Returns nil if another request may follow.
    @inline(__always)
    private mutating func send(
        _ response: Response, to request: borrowing Request, _ keepsAlive: Bool
    ) async -> Outcome? {
        switch await sender.send(response, to: request, keepsAlive, keeping: reader.leftBytes) {
        case .sent(let keepsAlive):
            if keepsAlive { return nil }
            await sender.closeLingering()
        case .refused(let fault): await sender.refuse(fault, copy request)
        case .failed: break
        }
        return .finished
    }

    /// Returns whether a response may be held. It may not take much memory, nor delay a request
    /// that has arrived behind it.
    private func mayHold(_ request: borrowing Request) -> Bool {
        reader.leftBytes == 0 && !server.isStopping
            && request.headByteCount + request.bodyByteCount <= server.limits.heldRequestBytesMax
    }
}

/// A request whose response is held.
final class HeldRequest: Sendable {
    let request: Request
    let keepsAlive: Bool
    let response: any HeldResponse

    init(_ request: Request, _ keepsAlive: Bool, _ response: any HeldResponse) {
        self.request = request
        self.keepsAlive = keepsAlive
        self.response = response
    }
}
