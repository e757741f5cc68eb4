import EventLoop

/// Where a streamed body goes, one piece after the other. Not Sendable: it belongs to the
/// connection that answers.
package final class BodyWriter {
    private enum Sink {
        case memory
        case reader(PacedOutput, isChunked: Bool, pieceBytesMax: Int)
    }

    private let sink: Sink
    /// What goes out before the next piece: at first the head.
    private var pending: [UInt8]
    private(set) var hasSent = false

    init(_ output: PacedOutput, head: [UInt8], isChunked: Bool, _ pieceBytesMax: Int) {
        sink = .reader(output, isChunked: isChunked, pieceBytesMax: pieceBytesMax)
        pending = head
    }

    /// Keeps what is written, for those who have no socket.
    init() {
        sink = .memory
        pending = []
    }

    var collected: [UInt8] { pending }

    /// Returns when the kernel has taken the bytes, which for a slow reader may be much later; lets
    /// others have their turn in between. Throws where the reader has gone or is too slow. The
    /// bytes are charged against `answerBytesInAllMax`, and nothing else should be held meanwhile.
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
