import EventLoop

/// One client's connection: bursts of requests, and between them a wait that takes little room.
struct Connection {
    private let socket: Socket
    private let server: ServerState
    private let mark: ConnectionMark

    init(_ socket: Socket, _ server: ServerState) {
        self.socket = socket
        self.server = server
        mark = ConnectionMark(socket.input)
    }

    func run() async {
        server.connections.add(mark)
        while await isAsked(), await burst() == .quiet {}
        server.connections.remove(mark)
        socket.close()
    }

    /// Waits for a request to begin, or for the client to leave; false if neither comes in time.
    private func isAsked() async -> Bool {
        let since = mark.idleSince ?? server.loop.now
        // Before the question: who stops the server ends the waits that it sees.
        mark.waits(in: .idle, since: since)
        if server.isStopping { return false }
        return (try? await socket.waitReadable(until: server.deadlines.idle(from: since))) != nil
    }

    private func burst() async -> Burst.Outcome {
        await socket.inChildTask { [server, mark] (_: isolated LoopIsolation, socket: Socket) in
            var burst = Burst(socket, server, mark)
            return await burst.run()
        }
    }
}
