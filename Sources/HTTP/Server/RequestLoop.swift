import EventLoop
import Logging

/// Requests that follow one another closely on one connection: reads one, has it answered, and so
/// on until none comes for a moment. It lives in one task and nobody else touches it, which its not
/// being Sendable proves.
struct RequestLoop: ~Copyable {
    /// How a burst ends: what its connection does next.
    enum Outcome { case quiet, over }

    /// Why no further request of this burst is answered.
    enum End: Error {
        case fault(HTTPFault)
        /// No next request has come so far.
        case quiet
        /// There is nobody to tell.
        case silent
    }

    private static let drainPieceBytesMax = 64 << 10

    private let socket: Socket
    private let server: ServerState
    private let status: ConnectionStatus
    private var reader: RequestReader
    private var writer: ResponseSender

    init(_ socket: Socket, _ server: ServerState, _ status: ConnectionStatus) {
        self.socket = socket
        self.server = server
        self.status = status
        reader = RequestReader(socket, server, status)
        writer = ResponseSender(socket, server, status)
    }

    mutating func run() async -> Outcome {
        server.requestLoopBegan()
        defer {
            reader.leavePhase()
            server.requestLoopEnded()
        }
        do throws(End) {
            return try await answerRequests()
        } catch {
            switch error {
            case .fault(let fault): await refuse(fault, reader.withoutBody)
            case .quiet: return .quiet
            case .silent: ()
            }
        }
        return .over
    }

    private mutating func answerRequests() async throws(End) -> Outcome {
        var wasServed = false
        while true {
            switch try await reader.next() {
            case .end: return .over
            case .awaitsContinue: try await writer.askToContinue()
            case .request(var request, let keepsAlive):
                let response = await server.handler.answer(request)
                // The answer may wait long for its reader.
                request.dropBody(over: server.limits.smallAnswerBytesMax)
                do throws(End) {
                    let staysOpen = try await writer.answer(
                        request, with: response, keepsAlive, behind: reader.leftBytes)
                    guard staysOpen else {
                        await linger()
                        return .over
                    }
                } catch {
                    guard case .fault(let fault) = error else { throw error }
                    await refuse(fault, request)
                    return .over
                }
                if !wasServed { status.setServed() }
                wasServed = true
                // Yields between pipelined requests so that one client cannot starve the others.
                if reader.leftBytes > 0 { await Task.yield() }
            }
        }
    }

    /// Answers once, and reads nothing of what follows as a request.
    ///
    /// - Parameter request: Without its body; nil where not even its head was sound.
    mutating func refuse(_ fault: HTTPFault, _ request: Request? = nil) async {
        server.logger.debug("\(socket.peer) is refused: \(fault)")
        do {
            try await writer.refuse(fault, request)
        } catch {
            return
        }
        await linger()
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
            let max = min(left, RequestLoop.drainPieceBytesMax)
            let count = try? await socket.read(appendingTo: &dropped, max: max, until: deadline)
            guard let count, count > 0 else { return }
            left -= count
            await Task.yield()
        }
    }
}
