import EventLoop

/// Where a streamed body goes, one piece after the other. Not Sendable: it belongs to the
/// connection that answers.
package final class BodyWriter {
    private enum Destination {
        case memory
        case socket(Socket, isChunked: Bool, Deadlines)
    }

    private let destination: Destination
    /// What goes out with the next piece: at first the head.
    private var pending: [UInt8]
    private(set) var hasSent = false

    init(_ socket: Socket, head: [UInt8], isChunked: Bool, _ deadlines: Deadlines) {
        destination = .socket(socket, isChunked: isChunked, deadlines)
        pending = head
    }

    /// Keeps what is written, for those who have no socket.
    init() {
        destination = .memory
        pending = []
    }

    var collected: [UInt8] { pending }

    /// Returns when the system has taken the bytes, which for a slow reader may be much later; lets
    /// others have their turn in between. Throws where the reader has gone or takes longer than
    /// `writeTimeMax`.
    package func write(_ bytes: [UInt8]) async throws {
        guard !bytes.isEmpty else { return }
        switch destination {
        case .memory:
            pending.append(contentsOf: bytes)
        case .socket(let socket, let isChunked, let deadlines):
            if isChunked {
                ChunkCoding.append(bytes, to: &pending)
                try await flush([], socket, deadlines)
            } else {
                try await flush(bytes, socket, deadlines)
            }
            await Task.yield()
        }
    }

    /// Sends the end of the body.
    func finish() async throws {
        guard case .socket(let socket, let isChunked, let deadlines) = destination else { return }
        if isChunked { pending.append(ChunkCoding.last) }
        try await flush([], socket, deadlines)
    }

    private func flush(_ bytes: [UInt8], _ socket: Socket, _ deadlines: Deadlines) async throws {
        hasSent = true
        try await socket.write(pending, bytes, until: deadlines.write(from: socket.loop.now))
        pending.removeAll(keepingCapacity: true)
    }
}
