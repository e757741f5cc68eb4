import EventLoop

/// Writes the answers of a burst: those that the kernel takes at once with nothing counted, the
/// others charged for what they hold and paced.
struct ResponseSender: ~Copyable {
    private let socket: Socket
    private let server: ServerState
    private let status: ConnectionStatus
    /// The head of what goes out next.
    private var output: [UInt8] = []

    init(_ socket: Socket, _ server: ServerState, _ status: ConnectionStatus) {
        self.socket = socket
        self.server = server
        self.status = status
    }

    /// Returns whether another request may follow.
    ///
    /// - Parameter left: Bytes of further requests, which stay in memory until it is written.
    mutating func answer(
        _ request: borrowing Request, with response: Response, _ keepsAlive: Bool, behind left: Int
    ) async throws(RequestLoop.End) -> Bool {
        let head = begin(response, to: request, keepsAlive)
        switch (head.delivery, response.body) {
        case (.whole, .bytes(let body)):
            try await write(body, holding: body.count, and: left)
        case (.whole, .shared(let body)):
            try await write(body, holding: 0, and: left)
        case (.chunked, .stream(let stream)), (.untilClose, .stream(let stream)):
            try await send(stream, isChunked: head.delivery == .chunked, behind: left)
        case (.head, _), (.whole, _), (.chunked, _), (.untilClose, _):
            try await write([], holding: 0, and: left)
        }
        return head.keepsAlive
    }

    mutating func askToContinue() async throws(RequestLoop.End) {
        output.append("HTTP/1.1 100 Continue\r\n\r\n")
        try await write([], holding: 0)
    }

    mutating func refuse(_ fault: HTTPFault, _ request: Request?) async throws {
        let response = server.handler.refuse(fault, request)
        let head = ResponseHead(response, to: .get, .http11, keepsAlive: false)
        output.removeAll(keepingCapacity: true)
        head.append(response, server.fields.lines(), to: &output)
        try await write(try await response.bodyBytes(), holding: 0)
    }

    /// The head, as the beginning of what goes out.
    @inline(never)
    private mutating func begin(
        _ response: Response, to request: borrowing Request, _ keepsAlive: Bool
    ) -> ResponseHead {
        let head = ResponseHead(
            response, to: request.method, request.version,
            keepsAlive: keepsAlive && !server.isStopping)
        output.reserveCapacity(512)
        head.append(response, server.fields.lines(), to: &output)
        return head
    }

    /// Writes what stands in `output`, and the body behind it.
    ///
    /// - Parameters:
    ///   - bodyBytes: What of the body is in memory only as long as it is not written.
    ///   - left: Bytes of further requests.
    private mutating func write(
        _ body: [UInt8], holding bodyBytes: Int, and left: Int = 0
    ) async throws(RequestLoop.End) {
        let held = output.count + bodyBytes + left
        let isSmall = bodyBytes <= server.limits.smallAnswerBytesMax
        let paced = isSmall ? nil : try PacedOutput(socket, server, status, charging: held)
        do throws(SocketFault) {
            if let paced {
                try await paced.write(output, body, 0..<body.count)
            } else {
                let sent = try socket.writeNow(output, body, 0..<body.count, from: 0)
                if sent < output.count + body.count {
                    try await PacedOutput(socket, server, status, chargingAlways: held)
                        .write(output, body, 0..<body.count, from: sent)
                }
            }
        } catch {
            throw .silent
        }
        output.removeAll(keepingCapacity: true)
    }

    /// The head goes out with the first piece, so that a stream which fails before it can still be
    /// answered for.
    private mutating func send(
        _ stream: @Sendable (BodyWriter) async throws -> Void, isChunked: Bool, behind left: Int
    ) async throws(RequestLoop.End) {
        let paced = try PacedOutput(
            socket, server, status, charging: server.limits.pieceBytesMax + left)
        let writer = BodyWriter(
            paced, head: output, isChunked: isChunked, server.limits.pieceBytesMax)
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
    private func cutOff(_ isChunked: Bool) -> RequestLoop.End {
        if !isChunked { socket.resetOnClose() }
        return .silent
    }
}
