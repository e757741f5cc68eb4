package import EventLoop
package import Logging
package import RateLimit

/// The application behind a server.
package protocol Handler: Sendable {
    /// Answers a request. A connection has one request under way at a time.
    func answer(_ request: Request) async -> Response

    /// Answers a request whose body is read while it arrives (`Limits.streamedBodyBytesMax`).
    func answer(_ request: Request, _ body: IncomingBody) async -> Response

    /// Returns the response to a request that needs no wait, or nil to have `answer` give it. It
    /// saves polls that have nothing to tell the switches of tasks.
    func answerAtOnce(_ request: Request) -> Response?

    /// Returns the response to a request that the server refuses. The server sets the status and
    /// closes the connection.
    ///
    /// - Parameter request: The request without its body, or nil if its head was invalid.
    func refuse(_ fault: HTTPFault, _ request: Request?) -> Response

    /// Called once the response to a request has been written, or its client has left. It is not
    /// called for `answerAtOnce`, which never takes long.
    func served(_ request: Request, _ status: Status, _ times: ServedTimes)
}

extension Handler {
    package func answer(_ request: Request, _ body: IncomingBody) async -> Response {
        await answer(request)
    }

    package func answerAtOnce(_ request: Request) -> Response? { nil }
    package func served(_ request: Request, _ status: Status, _ times: ServedTimes) {}
}

/// An HTTP/1.1 server (RFC 9110, RFC 9112) on one event loop.
package struct Server: Sendable {
    private let state: ServerState
    private let isExempt: @Sendable (SocketAddress) -> Bool
    private static let acceptedPerTurnMax = 32

    /// - Parameters:
    ///   - loop: Runs every connection. Call `serve` from a task on it.
    ///   - limits: The limits of all connections together, and of each.
    ///   - logger: Gets refusals at level debug, and errors of a listener.
    ///   - shedding: Counts refusals under too much load.
    ///   - isExempt: Returns whether connections from an address are not counted by address. That
    ///     is for loopback and trusted proxies.
    ///   - handshake: Completed on every connection before its first request; nil for plain HTTP.
    ///   - commonFields: Added to every response, also to refusals.
    ///   - handler: The application. Called on the loop alone.
    package init(
        loop: EventLoop, limits: Limits = Limits(), logger: Logger,
        shedding: LoadShedding? = nil,
        isExempt: @escaping @Sendable (SocketAddress) -> Bool = \.isLoopback,
        handshake: Handshake? = nil, commonFields: FieldLines = .none, handler: any Handler
    ) {
        state = ServerState(
            loop: loop, limits: limits, logger: logger,
            shedding: shedding ?? LoadShedding(RateLimitedLog(logger)), handshake: handshake,
            commonFields: commonFields, handler: handler)
        self.isExempt = isExempt
    }

    package var isStopping: Bool { state.isStopping }

    /// The number of connections in each state, by its name.
    package var connectionCounts: [(state: String, count: Int)] {
        let counts = state.connections.countsByPhase
        return ConnectionStatus.Phase.allCases.map { ("\($0)", counts[$0] ?? 0) }
    }

    /// Accepts and serves connections until `stop` has finished or the task is cancelled. It may
    /// run for several listeners at once.
    package func serve(_ listener: Listener) async {
        state.shutdown.add(listener)
        await withDiscardingTaskGroup { group in
            var count = 0
            while let accepted = await accept(listener) {
                count += 1
                // Yields so that many new connections cannot starve the existing ones.
                if count % Server.acceptedPerTurnMax == 0 { await Task.yield() }
                let peer = accepted.peer
                let isExempt = isExempt(peer)
                let verdict = state.connections.enter(
                    peer, isExempt: isExempt, at: state.loop.now)
                group.addTask(executorPreference: state.loop) {
                    await run(accepted, verdict)
                    state.connections.leave(peer, isExempt: isExempt, verdict)
                }
            }
            state.shutdown.remove(listener)
            listener.close()
            await waitForConnections()
            group.cancelAll()
        }
    }

    /// Stops the server, and returns at once. `serve` returns when the stop is complete.
    ///
    /// No more connections are accepted, and requests under way are answered with
    /// `Connection: close`. Heads have `stoppingHeadTimeMax` to arrive. A body that has begun may
    /// still arrive, and is answered then.
    ///
    /// - Parameter time: The time after which the remaining requests are cancelled. Their
    ///   connections close without an answer.
    package func stop(within time: Duration) {
        state.stop(within: time)
    }

    /// Returns the next connection, or nil if no more are accepted.
    private func accept(_ listener: Listener) async -> AcceptedConnection? {
        do {
            return try await listener.accept {
                state.connections.evictForDescriptors(at: .current())
            }
        } catch {
            if !state.isStopping, error != .cancelled {
                state.logger.error("no more connections are taken: \(error)")
            }
            return nil
        }
    }

    private func run(_ accepted: AcceptedConnection, _ verdict: Admission.Verdict) async {
        // A dropped connection needs a socket too, because the socket closes the descriptor.
        guard let socket = try? accepted.socket(on: state.loop) else { return }
        switch verdict {
        case .admitted: await Connection(socket, state).run()
        case .refused where state.handshake != nil:
            // A handshake would cost more than the refusal is worth, so the connection is closed.
            return
        case .refused:
            var loop = RequestLoop(socket, state, ConnectionStatus(socket.shutdownHandle))
            await loop.refuse(.connectionsTooMany)
        case .dropped: return
        }
    }

    /// Waits during a stop until all connections have ended, or the deadline is over.
    private func waitForConnections() async {
        while let deadline = state.shutdown.deadline, !state.connections.isEmpty,
            state.loop.now < deadline
        {
            state.endLateHeads()
            do { try await state.loop.sleep(for: .milliseconds(10)) } catch { return }
        }
    }
}
