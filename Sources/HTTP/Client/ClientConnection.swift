import EventLoop

/// A kept-alive connection to the host, used for one exchange at a time.
final class ClientConnection {
    /// The reason why an exchange failed, and whether it may be repeated on another connection.
    enum Failure: Error {
        /// The host cannot have acted on the request, because it did not get all of it.
        case unsent(ClientFault)
        /// All was sent, and no byte of a response arrived.
        case unanswered(ClientFault)
        case broken(ClientFault)

        var fault: ClientFault {
            switch self {
            case .unsent(let fault), .unanswered(let fault), .broken(let fault): fault
            }
        }
    }

    private static let readBytesMax = 64 << 10

    private let socket: Socket
    private(set) var lastUse: MonotonicTime
    /// Whether it has carried an exchange before. The host may have closed it since.
    private(set) var isReused = false
    private(set) var keepsAlive = true

    init(_ socket: Socket) {
        self.socket = socket
        lastUse = socket.loop.now
    }

    /// Connects to the first address that accepts the connection and its handshake.
    nonisolated(nonsending) static func open(
        to addresses: [SocketAddress], loop: EventLoop, limits: ClientLimits,
        handshake: Handshake, until deadline: MonotonicTime
    ) async throws(ClientFault) -> ClientConnection {
        var last = SocketFault.closed
        for address in addresses {
            let until = min(deadline, MonotonicTime.current() + limits.connectTimeMax)
            do {
                let socket = try await Socket.connect(to: address, loop: loop, until: until)
                try await handshake(socket, until)
                return ClientConnection(socket)
            } catch {
                if error == .cancelled { throw .cancelled }
                last = error
            }
        }
        throw .unreachable(last)
    }

    var isEnded: Bool { socket.peerHasEnded }

    func close() { socket.close() }

    /// Sends a request and waits for the response.
    ///
    /// - Parameter reader: Receives a success's body in pieces.
    nonisolated(nonsending) func exchange(
        _ method: Method, head: [UInt8], body: [UInt8], _ limits: Limits, until: MonotonicTime,
        reader: BodyReader? = nil
    ) async throws(Failure) -> ClientResponse {
        keepsAlive = false
        do {
            try await socket.write(head, body, until: until)
        } catch {
            throw .unsent(ClientFault(error))
        }
        let response = try await receive(method, limits, until, reader)
        lastUse = socket.loop.now
        isReused = true
        return response
    }

    private nonisolated(nonsending) func receive(
        _ method: Method, _ limits: Limits, _ until: MonotonicTime, _ reader: BodyReader?
    ) async throws(Failure) -> ClientResponse {
        var parser = ResponseParser(answering: method)
        var input: [UInt8] = []
        var isFirst = true
        while true {
            let count: Int
            do {
                if input.isEmpty, parser.readsBodyUnparsed {
                    count = try await socket.read(
                        appendingTo: &parser.body, max: Self.readBytesMax, until: until)
                    input = parser.takeSurplus()
                } else {
                    count = try await socket.read(
                        appendingTo: &input, max: Self.readBytesMax, until: until)
                }
            } catch {
                let fault = ClientFault(error)
                throw isFirst ? .unanswered(fault) : .broken(fault)
            }
            if count == 0 {
                if isFirst { throw .unanswered(.disconnected) }
                guard let response = parser.end() else { throw .broken(.disconnected) }
                return Self.deliver(response, to: reader)
            }
            isFirst = false
            do {
                var taken = 0
                let outcome = try parser.parse(input.span, limits, taken: &taken)
                input.removeFirst(taken)
                if case .response(let response, let keepsAlive) = outcome {
                    // Further bytes belong to no request.
                    self.keepsAlive = keepsAlive && input.isEmpty
                    return Self.deliver(response, to: reader)
                }
                if let reader { reader(parser.takeBody()) }
            } catch {
                throw .broken(.malformed(error))
            }
        }
    }

    private static func deliver(
        _ response: ClientResponse, to reader: BodyReader?
    ) -> ClientResponse {
        guard let reader, response.status.isSuccess else { return response }
        var response = response
        reader(response.takeBody())
        return response
    }
}
