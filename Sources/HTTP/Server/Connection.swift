import EventLoop
import Logging

/// One client's connection: request loops in child tasks, and waits of little memory between them.
struct Connection {
    private let socket: Socket
    private let server: ServerState
    private let status: ConnectionStatus

    init(_ socket: Socket, _ server: ServerState) {
        self.socket = socket
        self.server = server
        status = ConnectionStatus(socket.shutdownHandle)
    }

    func run() async {
        server.connections.add(status)
        if await completeHandshake() { await serveRequests() }
        server.connections.remove(status)
        socket.close()
    }

    private func serveRequests() async {
        var held: HeldRequest?
        while await held == nil ? requestBegins() : endsHold(of: held) {
            switch await runRequestLoop(answering: held) {
            case .paused: held = nil
            case .held(let request): held = request
            case .finished: return
            }
        }
    }

    /// Completes the handshake, if there is one, within the time of a head. It is evicted like an
    /// incomplete head. Returns false if it fails.
    private func completeHandshake() async -> Bool {
        guard let handshake = server.handshake else { return true }
        let since = server.loop.now
        status.setPhase(.head, since: since)
        let deadline = since + server.limits.headTimeMax
        return await socket.inChildTask { [server] (_: isolated LoopIsolation, socket: Socket) in
            do throws(SocketFault) {
                try await socket.waitReadable(until: deadline)
                try await handshake(socket, deadline)
                return true
            } catch {
                server.logger.debug("no handshake with \(socket.peer): \(error)")
                return false
            }
        }
    }

    /// Waits for a request to begin. Returns false if the time is over or the server stops.
    private func requestBegins() async -> Bool {
        let since = status.idleSince ?? server.loop.now
        // The phase is set before the check, because a stop ends the waits that it sees.
        status.setPhase(.idle, since: since)
        if server.isStopping { return false }
        return (try? await socket.waitReadable(until: since + server.limits.idleTimeMax)) != nil
    }

    /// Waits until the response to a held request is due. Returns true: if the client is gone, the
    /// write of the response fails.
    private func endsHold(of held: HeldRequest?) async -> Bool {
        guard let response = held?.response else { return true }
        // The phase is set before the check, because a stop ends the waits that it sees.
        status.setPhase(.held, since: server.loop.now)
        if !server.isStopping {
            response.begin(socket.wakeHandle)
            try? await socket.waitReadable(until: response.deadline)
        }
        response.end()
        socket.forgetWake()
        status.setBusy()
        return true
    }

    private func runRequestLoop(answering held: HeldRequest?) async -> RequestLoop.Outcome {
        await socket.inChildTask { [server, status] (_: isolated LoopIsolation, socket: Socket) in
            var loop = RequestLoop(socket, server, status)
            return await loop.run(answering: held)
        }
    }
}
