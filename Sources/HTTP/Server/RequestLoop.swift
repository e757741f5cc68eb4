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

    mutating func run() async -> Outcome {
        server.requestLoopBegan()
        defer {
            reader.endPhase()
            server.requestLoopEnded()
        }
        var wasServed = false
        while true {
            switch await reader.next() {
            case .request(let request, let keepsAlive):
                guard await answer(request, keepsAlive) else { return .finished }
                if !wasServed { status.setServed() }
                wasServed = true
                // Yields between pipelined requests so that one client cannot starve the others.
                if reader.leftBytes > 0 { await Task.yield() }
            case .awaitsContinue:
                guard await sender.sendContinue() else { return .finished }
            case .fault(let fault):
                await sender.refuse(fault, reader.requestWithoutBody)
                return .finished
            case .paused: return .paused
            case .closed: return .finished
            }
        }
    }

    /// Refuses the connection without reading a request.
    mutating func refuse(_ fault: HTTPFault) async {
        await sender.refuse(fault, nil)
    }

    /// Lets the application answer, and writes the response. Returns whether another request may
    /// follow.
    ///
    /// Inlined to save an async frame for each request.
    @inline(__always)
    private mutating func answer(_ request: Request, _ keepsAlive: Bool) async -> Bool {
        var request = request
        let response = await server.handler.answer(request)
        // The write may wait long for the client.
        request.dropBody(over: server.limits.smallAnswerBytesMax)
        switch await sender.send(response, to: request, keepsAlive, keeping: reader.leftBytes) {
        case .sent(let keepsAlive):
            if !keepsAlive { await sender.closeLingering() }
            return keepsAlive
        case .refused(let fault):
            await sender.refuse(fault, request)
            return false
        case .failed: return false
        }
    }
}
