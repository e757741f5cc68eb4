/// Where a streamed body goes, one piece after the other. Not Sendable: it belongs to the
/// connection that answers.
package final class BodyWriter {
    private let send: (([UInt8]) async throws -> Void)?
    private(set) var collected: [UInt8] = []

    init(send: @escaping ([UInt8]) async throws -> Void) {
        self.send = send
    }

    /// Keeps what is written, for those who have no socket.
    init() {
        self.send = nil
    }

    /// Returns when the system has taken the bytes, which for a slow reader may be much later.
    /// Throws where the reader has gone or takes longer than `writeTimeMax`.
    package func write(_ bytes: [UInt8]) async throws {
        guard !bytes.isEmpty else { return }
        guard let send else { return collected.append(contentsOf: bytes) }
        try await send(bytes)
    }
}
