package import EventLoop

/// The limits of a client: connections, waiting requests and times.
package struct ClientLimits: Sendable {
    /// Connections at once. More requests wait for one.
    package var connectionCountMax = 8
    /// Waiting requests. More are refused with `ClientFault.busy`.
    package var waitingCountMax = 1024
    /// The time to connect, for each address of the host.
    package var connectTimeMax: Duration = .seconds(2)
    /// The time from `send` to the last byte of the response. It includes connecting.
    package var answerTimeMax: Duration = .seconds(10)
    /// The time without use after which a connection is not used again. It is less than servers
    /// allow.
    package var idleTimeMax: Duration = .seconds(30)
    /// The limits of a response.
    package var response = Limits()

    package init() {}
}

/// Receives the next bytes of a body. The loop waits for it.
package typealias BodyReader = @Sendable ([UInt8]) -> Void

/// Sends requests to one host over a bounded number of kept-alive connections. It lives on its
/// loop.
package actor Client {
    package nonisolated let loop: EventLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.asUnownedSerialExecutor()
    }

    private enum Destination {
        case named(host: String, port: UInt16)
        case socket(path: String)
    }

    private let destination: Destination
    /// The value of Host.
    private let authority: String
    private let limits: ClientLimits
    private let resolver: WorkerPool?
    private let handshake: Handshake?
    private let check: ConnectionCheck?

    /// Idle connections. The last one used is used again first.
    private var idle: [ClientConnection] = []
    private var inUseCount = 0
    /// The requests that wait for a connection. They resume with nil, or with the reason why they
    /// get none.
    private var waiting: [(number: UInt64, waiter: Waiter<ClientFault?>)] = []
    private var waitingNumber: UInt64 = 0
    private var isClosed = false

    /// - Parameters:
    ///   - host: A numeric address, or a name that is looked up for every new connection.
    ///   - port: The host's TCP port.
    ///   - loop: The loop whose thread uses the client.
    ///   - limits: The limits of connections, times and responses.
    ///   - resolver: The threads that look up names, or nil if `host` is numeric.
    ///   - handshake: Completed on every new connection; nil for plain HTTP.
    ///   - check: The first request of every new connection, within the time of its request.
    package init(
        host: String, port: UInt16, loop: EventLoop, limits: ClientLimits = ClientLimits(),
        resolver: WorkerPool? = nil, handshake: Handshake? = nil, check: ConnectionCheck? = nil
    ) {
        destination = .named(host: host, port: port)
        authority = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        self.loop = loop
        self.limits = limits
        self.resolver = resolver
        self.handshake = handshake
        self.check = check
    }

    /// A client of a server on this machine, whose socket is in the file system.
    package init(
        socket path: String, loop: EventLoop, limits: ClientLimits = ClientLimits(),
        handshake: Handshake? = nil
    ) {
        destination = .socket(path: path)
        authority = "localhost"
        self.loop = loop
        self.limits = limits
        resolver = nil
        self.handshake = handshake
        check = nil
    }

    /// Sends a request and returns the complete response, whatever its status.
    ///
    /// A kept connection may turn out to be dead. The request is then sent once more if the host
    /// cannot have received all of it, or if `mayRepeat`. By default that is true for idempotent
    /// methods.
    ///
    /// - Parameter reader: Receives a success's body in pieces, of which some are empty. The
    ///   response's own body is empty then, and the body has no limit. A fault may come after some
    ///   pieces.
    package func send(
        _ method: Method, _ target: String, fields: [(name: StaticString, value: String)] = [],
        body: [UInt8] = [], mayRepeat: Bool? = nil, reader: BodyReader? = nil
    ) async throws(ClientFault) -> ClientResponse {
        let deadline = loop.now + limits.answerTimeMax
        try await acquireTurn()
        defer { releaseTurn() }
        let head = head(method, target, fields, body)
        var isRetry = false
        while true {
            if loop.now >= deadline { throw .timeout }
            let connection = try await connection(isNew: isRetry, until: deadline)
            do {
                let response = try await connection.exchange(
                    method, head: head, body: body, limits.response, until: deadline,
                    reader: reader)
                release(connection)
                return response
            } catch {
                connection.close()
                let mayTryAgain = connection.isReused && !isRetry
                switch error {
                case .unsent(.disconnected) where mayTryAgain: isRetry = true
                case .unanswered(.disconnected)
                where mayTryAgain && (mayRepeat ?? method.isIdempotent):
                    isRetry = true
                case .unsent(let fault), .unanswered(let fault), .broken(let fault): throw fault
                }
            }
        }
    }

    /// Closes idle connections now, and the others after use. Later requests fail.
    package func close() {
        isClosed = true
        for connection in idle { connection.close() }
        idle = []
        while let last = waiting.popLast() { last.waiter.resume(returning: .closed) }
    }

    // MARK: Taking turns

    private func acquireTurn() async throws(ClientFault) {
        if isClosed { throw .closed }
        if inUseCount < limits.connectionCountMax {
            inUseCount += 1
            return
        }
        guard waiting.count < limits.waitingCountMax else { throw .busy }
        // `releaseTurn` passes the turn on, so the count stays.
        if let fault = await turn() { throw fault }
    }

    private func turn() async -> ClientFault? {
        waitingNumber += 1
        let number = waitingNumber
        return await Waiter<ClientFault?>().wait(on: loop) {
            self.assumeIsolated { $0.stopWaiting(number) }
        } beginning: { waiter in
            waiting.append((number, waiter))
            return nil
        }
    }

    private func stopWaiting(_ number: UInt64) {
        guard let index = waiting.firstIndex(where: { $0.number == number }) else { return }
        waiting.remove(at: index).waiter.resume(returning: .cancelled)
    }

    private func releaseTurn() {
        if waiting.isEmpty {
            inUseCount -= 1
        } else {
            waiting.removeFirst().waiter.resume(returning: nil)
        }
    }

    // MARK: Connections

    private func connection(
        isNew: Bool, until deadline: MonotonicTime
    ) async throws(ClientFault) -> ClientConnection {
        while !isNew, let connection = idle.popLast() {
            let isFresh = loop.now < connection.lastUse + limits.idleTimeMax
            if isFresh, !connection.isEnded { return connection }
            connection.close()
        }
        let addresses: [SocketAddress]
        switch destination {
        case .socket(let path): addresses = [.unix(path: path)]
        case .named(let host, let port):
            addresses = try await Resolver.addresses(of: host, port: port, on: resolver)
        }
        let connection = try await ClientConnection.open(
            to: addresses, loop: loop, limits: limits, handshake: handshake ?? { _, _ in },
            until: deadline)
        try await runCheck(connection, until: deadline)
        return connection
    }

    private func runCheck(
        _ connection: ClientConnection, until deadline: MonotonicTime
    ) async throws(ClientFault) {
        guard let check else { return }
        let head = head(.get, check.target, check.fields(), [])
        let response: ClientResponse
        do {
            response = try await connection.exchange(
                .get, head: head, body: [], limits.response, until: deadline)
        } catch {
            connection.close()
            throw error.fault
        }
        do {
            try await check.verify(response)
        } catch {
            connection.close()
            throw .refused(ConnectionCheck.Refusal(reason: error))
        }
        guard connection.keepsAlive else {
            connection.close()
            throw .disconnected
        }
    }

    private func release(_ connection: ClientConnection) {
        if connection.keepsAlive, !isClosed {
            idle.append(connection)
        } else {
            connection.close()
        }
    }

    private func head(
        _ method: Method, _ target: String, _ fields: [(name: StaticString, value: String)],
        _ body: [UInt8]
    ) -> [UInt8] {
        ClientHead.bytes(method, target, authority: authority, fields, body)
    }
}
