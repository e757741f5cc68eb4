package import EventLoop
package import Logging
package import RateLimit

/// An HTTP/1.1 server (RFC 9110, RFC 9112) on one event loop.
package struct Server: Sendable {
    private let state: ServerState
    private let isExempt: @Sendable (SocketAddress) -> Bool
    private static let acceptedPerTurnMax = 32

    /// - Parameters:
    ///   - loop: Runs every connection; `serve` must be called from a task on it.
    ///   - limits: For all connections together and each.
    ///   - logger: Hears of refusals at debug level, and of trouble with a listener.
    ///   - shedding: Hears of what is refused because there is too much of it.
    ///   - isExempt: Whose connections are not counted by address: loopback and trusted proxies.
    ///   - handler: The application. Called on the loop alone.
    package init(
        loop: EventLoop, limits: Limits = Limits(), logger: Logger,
        shedding: LoadShedding? = nil,
        isExempt: @escaping @Sendable (SocketAddress) -> Bool = \.isLoopback,
        handler: any Handler
    ) {
        state = ServerState(
            loop: loop, limits: limits, logger: logger,
            shedding: shedding ?? LoadShedding(RateLimitedLog(logger)), handler: handler)
        self.isExempt = isExempt
    }

    package var isStopping: Bool { state.isStopping }

    /// Serves all who connect, until `stop` has come to its end or the task is cancelled. May run
    /// for several listeners at once.
    package func serve(_ listener: Listener) async {
        state.stopping.add(listener)
        await withDiscardingTaskGroup { group in
            var count = 0
            while let accepted = await accept(listener) {
                count += 1
                // However many come at once, those who are there have their turn.
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
            state.stopping.remove(listener)
            listener.close()
            await finish()
            group.cancelAll()
        }
    }

    /// Takes no more connections, answers what is in flight with `Connection: close`, and cancels
    /// what is left after that time. A head that is not there after `stoppingHeadTimeMax` is not
    /// waited for. Returns at once; `serve` returns when it is done.
    package func stop(within time: Duration) {
        state.stop(within: time)
    }

    /// The next connection, or nil where no more are taken.
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
        // Also where it is dropped: who owns the socket closes it.
        guard let socket = try? accepted.socket(on: state.loop) else { return }
        guard verdict != .dropped else { return }
        if verdict == .admitted {
            await Connection(socket, state).run()
        } else {
            var loop = RequestLoop(socket, state, ConnectionStatus(socket.shutdownHandle))
            await loop.refuse(.connectionsTooMany)
        }
    }

    private func finish() async {
        while let deadline = state.stopping.deadline, !state.connections.isEmpty,
            state.loop.now < deadline
        {
            state.endLateHeads()
            do { try await state.loop.sleep(for: .milliseconds(10)) } catch { return }
        }
    }
}
