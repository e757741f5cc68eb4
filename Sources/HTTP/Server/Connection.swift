import EventLoop

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
        while await requestBegins(), await runRequestLoop() == .paused {}
        server.connections.remove(status)
        socket.close()
    }

    /// Waits for a request to begin. Returns false if the time is over or the server stops.
    private func requestBegins() async -> Bool {
        let since = status.idleSince ?? server.loop.now
        // The phase is set before the check, because a stop ends the waits that it sees.
        status.setPhase(.idle, since: since)
        if server.isStopping { return false }
        return (try? await socket.waitReadable(until: since + server.limits.idleTimeMax)) != nil
    }

    private func runRequestLoop() async -> RequestLoop.Outcome {
        await socket.inChildTask { [server, status] (_: isolated LoopIsolation, socket: Socket) in
            var loop = RequestLoop(socket, server, status)
            return await loop.run()
        }
    }
}
