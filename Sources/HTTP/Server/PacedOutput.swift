import EventLoop

/// Hands one answer to the kernel as fast as its reader takes it, and no slower than readers must.
/// The memory that the answer holds is charged until this is dropped.
final class PacedOutput {
    private let socket: Socket
    private let server: ServerState
    private let status: ConnectionStatus
    private var charged = 0
    /// Bytes that the kernel has taken.
    private var taken = 0
    /// Nanoseconds spent waiting for the reader.
    private var waited: Int64 = 0

    init(
        _ socket: Socket, _ server: ServerState, _ status: ConnectionStatus,
        chargingAlways count: Int
    ) {
        self.socket = socket
        self.server = server
        self.status = status
        charge(count)
    }

    /// Throws where too much is held already and no reader makes way.
    convenience init(
        _ socket: Socket, _ server: ServerState, _ status: ConnectionStatus, charging count: Int
    ) throws(RequestLoop.End) {
        guard server.memory.charge(count, for: .answers, to: status, at: server.loop.now) else {
            throw .fault(.answersTooMany)
        }
        self.init(socket, server, status, chargingAlways: 0)
        charged = count
    }

    deinit { server.memory.release(.answers, of: status) }

    /// Sees to it that as many bytes are charged: the answer has begun, and cannot be refused.
    func chargeAtLeast(_ count: Int) {
        if count > charged { charge(count - charged) }
    }

    /// Writes `first`, and that range of `second` behind it.
    nonisolated(nonsending) func write(
        _ first: [UInt8], _ second: [UInt8], _ range: Range<Int>, from start: Int = 0
    ) async throws(SocketFault) {
        var sent = start
        while true {
            let count = try socket.writeNow(first, second, range, from: sent)
            sent += count
            taken += count
            if sent == first.count + range.count { return }
            try await waitForReader()
        }
    }

    private nonisolated(nonsending) func waitForReader() async throws(SocketFault) {
        let begin = server.loop.now
        status.setPhase(.writing, since: begin)
        defer {
            status.setBusy()
            waited += server.loop.now.nanoseconds - begin.nanoseconds
        }
        do {
            try await socket.waitWritable(
                until: server.deadlines.reader(from: begin, taken: taken, waited: waited))
        } catch {
            // What the kernel still holds for such a reader goes too.
            socket.resetOnClose()
            throw error
        }
    }

    private func charge(_ count: Int) {
        server.memory.chargeAlways(count, for: .answers, to: status)
        charged += count
    }
}
