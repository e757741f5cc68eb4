import EventLoop
import Logging

/// Writes the responses of a connection.
///
/// Most responses fit into the kernel's buffer and are written at once, without accounting. A
/// response that has to wait for the client is charged for its memory and has to be read at a
/// least rate (`PacedOutput`).
struct ResponseSender: ~Copyable {
    enum Outcome {
        case sent(keepsAlive: Bool)
        /// Nothing was written, so the fault can be answered instead.
        case refused(HTTPFault)
        /// The client has left, or was too slow, or has received a part of the response.
        case failed
    }

    private static let drainReadBytesMax = 64 << 10

    private let socket: Socket
    private let server: ServerState
    private let status: ConnectionStatus
    /// The head that is written next.
    private var head: [UInt8] = []

    init(_ socket: Socket, _ server: ServerState, _ status: ConnectionStatus) {
        self.socket = socket
        self.server = server
        self.status = status
    }

    /// Writes a response.
    ///
    /// - Parameter leftBytes: The bytes of further requests, which stay in memory meanwhile.
    mutating func send(
        _ response: Response, to request: borrowing Request, _ keepsAlive: Bool,
        keeping leftBytes: Int
    ) async -> Outcome {
        let head = appendHead(of: response, to: request, keepsAlive)
        let outcome: Outcome
        switch (head.delivery, response.body) {
        case (.whole, .bytes(let body)):
            outcome = await write(body, charging: body.count, and: leftBytes)
        case (.whole, .shared(let body)):
            let copied = socket.copiedByteCount(of: body.count)
            outcome = await write(body, charging: copied, and: leftBytes)
        case (.chunked, .stream(let stream)), (.untilClose, .stream(let stream)):
            outcome = await run(stream, isChunked: head.delivery == .chunked, and: leftBytes)
        case (.head, _), (.whole, _), (.chunked, _), (.untilClose, _):
            outcome = await write([], charging: 0, and: leftBytes)
        }
        if case .sent = outcome { return .sent(keepsAlive: head.keepsAlive) }
        return outcome
    }

    /// Asks for the body of the current request. Returns false if the client has left.
    mutating func sendContinue() async -> Bool {
        head.append("HTTP/1.1 100 Continue\r\n\r\n")
        if case .sent = await write([], charging: 0, and: 0) { return true }
        return false
    }

    /// Answers a fault and closes the connection. Nothing that follows is read as a request.
    ///
    /// - Parameter request: The request without its body, or nil if its head was invalid.
    mutating func refuse(_ fault: HTTPFault, _ request: Request?) async {
        server.logger.debug("\(socket.peer) is refused: \(fault)")
        let response = server.handler.refuse(fault, request)
        let format = ResponseHead(response, to: .get, .http11, keepsAlive: false)
        head.removeAll(keepingCapacity: true)
        format.append(response, server.fields.lines(), to: &head)
        guard let body = try? await response.bodyBytes(),
            case .sent = await write(body, charging: 0, and: 0)
        else { return }
        await closeLingering()
    }

    /// Ends the output, and drops further input for a while.
    ///
    /// close(2) with unread input sends a reset, which can destroy the response on its way.
    func closeLingering() async {
        socket.shutdownWriting()
        let deadline = server.loop.now + server.limits.drainTimeMax
        var dropped: [UInt8] = []
        var left = server.limits.drainBytesMax
        while left > 0 {
            dropped.removeAll(keepingCapacity: true)
            let max = min(left, Self.drainReadBytesMax)
            let count = try? await socket.read(appendingTo: &dropped, max: max, until: deadline)
            guard let count, count > 0 else { return }
            left -= count
            await Task.yield()
        }
    }

    /// Not inlined, so that its variables are on the stack and not in every suspended task.
    @inline(never)
    private mutating func appendHead(
        of response: Response, to request: borrowing Request, _ keepsAlive: Bool
    ) -> ResponseHead {
        let format = ResponseHead(
            response, to: request.method, request.version,
            keepsAlive: keepsAlive && !server.isStopping)
        head.reserveCapacity(512)
        format.append(response, server.fields.lines(), to: &head)
        return format
    }

    /// Writes the head and a body.
    ///
    /// - Parameters:
    ///   - bodyBytes: The bytes of the body that are in memory only until they are written.
    ///   - leftBytes: The bytes of further requests.
    private mutating func write(
        _ body: [UInt8], charging bodyBytes: Int, and leftBytes: Int
    ) async -> Outcome {
        let held = head.count + bodyBytes + leftBytes
        do throws(SocketFault) {
            if bodyBytes > server.limits.smallAnswerBytesMax {
                guard let output = PacedOutput(socket, server, status, charging: held) else {
                    return .refused(.answersTooMany)
                }
                try await output.write(head, body, 0..<body.count)
            } else {
                let sent = try socket.writeNow(head, body, 0..<body.count, from: 0)
                if sent < head.count + body.count {
                    try await PacedOutput(socket, server, status, chargingAlways: held)
                        .write(head, body, 0..<body.count, from: sent)
                }
            }
        } catch {
            return .failed
        }
        head.removeAll(keepingCapacity: true)
        return .sent(keepsAlive: true)
    }

    /// Writes a streamed body. The head goes out with the first piece, so a stream that fails
    /// before it can still be refused.
    private mutating func run(
        _ stream: @Sendable (BodyWriter) async throws -> Void, isChunked: Bool, and leftBytes: Int
    ) async -> Outcome {
        let pieceBytesMax = server.limits.pieceBytesMax
        guard
            let output = PacedOutput(
                socket, server, status, charging: pieceBytesMax + leftBytes)
        else { return .refused(.answersTooMany) }
        let writer = BodyWriter(output, head: head, isChunked: isChunked, pieceBytesMax)
        head.removeAll(keepingCapacity: true)
        do {
            try await stream(writer)
        } catch {
            if !writer.hasSent { return .refused(.answerFailed) }
            endIncomplete(isChunked)
            return .failed
        }
        do {
            try await writer.finish()
        } catch {
            endIncomplete(isChunked)
            return .failed
        }
        return .sent(keepsAlive: true)
    }

    /// A missing last chunk shows that a body is incomplete. A body that ends with the connection
    /// needs a reset for that.
    private func endIncomplete(_ isChunked: Bool) {
        if !isChunked { socket.resetOnClose() }
    }
}
