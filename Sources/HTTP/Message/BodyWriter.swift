import EventLoop

/// Receives the pieces of a streamed body. It is not Sendable, because it belongs to the connection
/// that answers.
package final class BodyWriter {
    private enum Sink {
        case memory
        case reader(PacedOutput, isChunked: Bool, pieceBytesMax: Int)
    }

    private let sink: Sink
    /// The bytes before the next piece: at first the head, later the end of a chunk.
    private var pending: [UInt8]
    private(set) var hasSent = false

    init(_ output: PacedOutput, head: [UInt8], isChunked: Bool, _ pieceBytesMax: Int) {
        sink = .reader(output, isChunked: isChunked, pieceBytesMax: pieceBytesMax)
        pending = head
    }

    /// Collects the body, for tests without a socket.
    init() {
        sink = .memory
        pending = []
    }

    var collected: [UInt8] { pending }

    /// Writes a piece, and returns when the kernel has taken it. A slow client may delay that long.
    /// Other requests run meanwhile.
    ///
    /// The bytes are charged to `answerBytesInAllMax`. Hold no other large memory during the call.
    /// Throws if the client has left or reads too slowly.
    package func write(_ bytes: [UInt8]) async throws {
        guard !bytes.isEmpty else { return }
        switch sink {
        case .memory:
            pending.append(contentsOf: bytes)
        case .reader(let output, let isChunked, let pieceBytesMax):
            output.chargeAtLeast(bytes.count)
            for start in stride(from: 0, to: bytes.count, by: pieceBytesMax) {
                let piece = start..<min(start + pieceBytesMax, bytes.count)
                if isChunked { ChunkCoding.begin(piece.count, in: &pending) }
                hasSent = true
                try await output.write(pending, bytes, piece)
                pending.removeAll(keepingCapacity: true)
                if isChunked { pending.append(ChunkCoding.end) }
                await Task.yield()
            }
        }
    }

    /// Sends the end of the body.
    func finish() async throws {
        guard case .reader(let output, let isChunked, _) = sink else { return }
        if isChunked { pending.append(ChunkCoding.last) }
        hasSent = true
        try await output.write(pending, [], 0..<0)
    }
}
