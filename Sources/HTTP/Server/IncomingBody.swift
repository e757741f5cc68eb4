import EventLoop

/// The body of a request, read by its endpoint while it arrives. Memory holds the piece that is
/// being read, and not the whole.
///
/// It is not Sendable, because it belongs to the connection that is answered.
package final class IncomingBody {
    /// The bytes of a body without a reader that are held at once.
    private static let drainBytesMax = 4096
    private static let interim = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)

    private enum Source {
        case memory
        case connection(Socket, ServerState, ConnectionStatus)
    }

    /// The length of the body in bytes, as announced.
    package let length: Int
    /// The number of bytes that were not read yet.
    package private(set) var left: Int
    private let source: Source
    /// Bytes of the body that arrived with the head.
    private var arrived: ArraySlice<UInt8>
    /// Whether the client sends the body after it has read "100 Continue".
    private var awaitsContinue: Bool
    /// The time spent waiting for the client.
    private var waited = Duration.zero
    private var charged = 0
    /// Whether bytes were lost, so that nothing after them can be told apart.
    private var isBroken = false

    init(
        length: Int, arrived: [UInt8], awaitsContinue: Bool, _ socket: Socket,
        _ server: ServerState, _ status: ConnectionStatus
    ) {
        self.length = length
        left = length
        self.arrived = arrived[...]
        self.awaitsContinue = awaitsContinue
        source = .connection(socket, server, status)
    }

    /// Makes a body that has arrived, for tests without a socket.
    package init(_ bytes: [UInt8]) {
        length = bytes.count
        left = bytes.count
        arrived = bytes[...]
        awaitsContinue = false
        source = .memory
    }

    /// Returns the next bytes: as many as asked for, or fewer at the end of the body. It waits for
    /// the client, who has to send at a least rate (`Limits.bodyBytesPerSecondMin`).
    ///
    /// - Throws: `bodyTimeout` if the client is too slow or has left; `connectionsTooMany` if there
    ///   is no memory for the bytes.
    package func read(_ count: Int) async throws(HTTPFault) -> [UInt8] {
        guard !isBroken else { throw .bodyTimeout }
        let count = min(count, left)
        var piece: [UInt8] = []
        piece.reserveCapacity(count)
        let ready = arrived.prefix(count)
        piece.append(contentsOf: ready)
        arrived = arrived.dropFirst(ready.count)
        if arrived.isEmpty { arrived = [] }
        if case .connection(let socket, let server, let status) = source {
            isBroken = true
            try await fill(&piece, to: count, socket, server, status)
            isBroken = false
        }
        left -= piece.count
        return piece
    }

    /// Reads and drops what is left, so that another request may follow. Returns false if it is
    /// more than a short body, or the client does not send it.
    func drain() async -> Bool {
        guard case .connection(_, let server, _) = source, left > 0 else { return left == 0 }
        guard !awaitsContinue, left <= server.limits.bodyBytesMax else { return false }
        while left > 0 {
            guard (try? await read(min(left, Self.drainBytesMax))) != nil else { return false }
        }
        return true
    }

    /// Releases the memory that the body is charged for.
    func end() {
        guard case .connection(_, let server, let status) = source, charged > 0 else { return }
        server.memory.release(.requests, of: status)
        charged = 0
    }

    /// Charges for what has arrived of the largest piece so far. A client that announces much and
    /// sends little takes no memory from others.
    private func charge(
        _ count: Int, _ server: ServerState, _ status: ConnectionStatus
    ) throws(HTTPFault) {
        let more = count - charged
        guard more > 0 else { return }
        guard server.memory.charge(more, for: .requests, to: status, at: server.loop.now) else {
            throw .connectionsTooMany
        }
        charged = count
    }

    private func fill(
        _ piece: inout [UInt8], to count: Int, _ socket: Socket, _ server: ServerState,
        _ status: ConnectionStatus
    ) async throws(HTTPFault) {
        try charge(piece.count, server, status)
        // A client that drips counts as stalled since the piece began.
        let start = server.loop.now
        while piece.count < count {
            let begin = server.loop.now
            status.setPhase(.body, since: start)
            defer {
                status.setBusy()
                waited = waited + (server.loop.now - begin)
            }
            let until = deadline(from: begin, piece.count, server.limits)
            var more = 0
            do throws(SocketFault) {
                if awaitsContinue {
                    awaitsContinue = false
                    try await socket.write(Self.interim, [], until: until)
                }
                more = try await socket.read(
                    appendingTo: &piece, max: count - piece.count, until: until)
            } catch { throw .bodyTimeout }
            if more == 0 { throw status.isEvicted ? .connectionsTooMany : .bodyTimeout }
            try charge(piece.count, server, status)
        }
    }

    /// Returns the time until which the client must have sent more. A client earns time by sending.
    private func deadline(
        from now: MonotonicTime, _ pieceCount: Int, _ limits: Limits
    ) -> MonotonicTime {
        let received = length - left + pieceCount
        let earned = Double(received) / Double(limits.bodyBytesPerSecondMin)
        let rest = limits.bodyTimeMax + .seconds(earned) - waited
        return now + min(limits.bodyTimeMax, max(.zero, rest))
    }
}
