import EventLoop

/// One client's connection: bursts of requests, and between them a wait that takes little room.
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
        while await isAsked(), await runRequestLoop() == .quiet {}
        server.connections.remove(status)
        socket.close()
    }

    /// Waits for a request to begin, or for the client to leave; false if neither comes in time.
    private func isAsked() async -> Bool {
        let since = status.idleSince ?? server.loop.now
        // Before the question: who stops the server ends the waits that it sees.
        status.setPhase(.idle, since: since)
        if server.isStopping { return false }
        return (try? await socket.waitReadable(until: server.deadlines.idle(from: since))) != nil
    }

    private func runRequestLoop() async -> RequestLoop.Outcome {
        await socket.inChildTask { [server, status] (_: isolated LoopIsolation, socket: Socket) in
            var loop = RequestLoop(socket, server, status)
            return await loop.run()
        }
    }
}
