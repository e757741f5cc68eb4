import EventLoop

/// Writes one response as fast as the client reads it, and closes clients that read too slowly.
/// The response's memory is charged until this object is released.
final class PacedOutput {
    private let socket: Socket
    private let server: ServerState
    private let status: ConnectionStatus
    private var charged = 0
    /// The number of bytes that the kernel has taken.
    private var taken = 0
    /// The time spent waiting for the client.
    private var waited = Duration.zero

    /// Charges the bytes even if the budget is used up.
    init(
        _ socket: Socket, _ server: ServerState, _ status: ConnectionStatus,
        chargingAlways count: Int
    ) {
        self.socket = socket
        self.server = server
        self.status = status
        charge(count)
    }

    /// Returns nil if the budget is used up and no connection can be evicted.
    convenience init?(
        _ socket: Socket, _ server: ServerState, _ status: ConnectionStatus, charging count: Int
    ) {
        guard server.memory.charge(count, for: .answers, to: status, at: server.loop.now) else {
            return nil
        }
        self.init(socket, server, status, chargingAlways: 0)
        charged = count
    }

    deinit { server.memory.release(.answers, of: status) }

    /// Charges at least this many bytes. It never fails, because the response has begun.
    func chargeAtLeast(_ count: Int) {
        if count > charged { charge(count - charged) }
    }

    /// Writes `first`, and then `range` of `second`, without the first `start` bytes of both.
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
            waited = waited + (server.loop.now - begin)
        }
        do {
            try await socket.waitWritable(until: deadline(from: begin))
        } catch {
            // Frees the bytes that the kernel still holds for this client.
            socket.resetOnClose()
            throw error
        }
    }

    /// Returns the time until which the client must have read more. A client earns time by reading.
    private func deadline(from now: MonotonicTime) -> MonotonicTime {
        let limits = server.limits
        let seconds = Double(taken + limits.pieceBytesMax) / Double(limits.readerBytesPerSecondMin)
        let left = limits.readerGraceTimeMax + .seconds(seconds) - waited
        return now + min(limits.writeTimeMax, max(.zero, left))
    }

    private func charge(_ count: Int) {
        server.memory.chargeAlways(count, for: .answers, to: status)
        charged += count
    }
}
