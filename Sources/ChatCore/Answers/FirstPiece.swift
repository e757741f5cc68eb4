import Synchronization

/// The first piece of a streamed answer. Its bytes are let go of when they are written, and not
/// with the answer that they begin.
final class FirstPiece: Sendable {
    private let bytes: Mutex<[UInt8]>

    init(_ bytes: [UInt8]) {
        self.bytes = Mutex(bytes)
    }

    func take() -> [UInt8] {
        bytes.withLock { bytes in
            defer { bytes = [] }
            return bytes
        }
    }
}
