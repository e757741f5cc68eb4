import Glibc
import Synchronization

/// Bytes that nobody may see: a key, a shared secret. They are wiped from memory when the last
/// owner lets go, and describe themselves as `<secret>` to whoever prints, dumps or logs them.
package final class Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    private let bytes: Mutex<[UInt8]>
    package let count: Int

    /// Takes the bytes over and leaves `bytes` empty, so that no second copy stays behind.
    /// The caller must hold the only reference to that array.
    package init(taking bytes: inout [UInt8]) {
        count = bytes.count
        self.bytes = Mutex(bytes)
        bytes = []
    }

    deinit {
        bytes.withLock { wipe(&$0) }
    }

    /// Lends the bytes to `body`, which must not keep them.
    package func withBytes<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        try bytes.withLock { (held: inout sending [UInt8]) throws(Failure) -> sending Result in
            try body(held.span)
        }
    }

    /// Whether both hold the same bytes; takes as long for a wrong first byte as for a wrong last.
    package func equals(_ other: Span<UInt8>) -> Bool {
        withBytes { mine in
            guard mine.count == other.count else { return false }
            var difference: UInt8 = 0
            for index in mine.indices { difference |= mine[index] ^ other[index] }
            return difference == 0
        }
    }

    package var description: String { "<secret>" }
    package var debugDescription: String { "<secret>" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// Overwrites the bytes where they lie and empties the array. Holds only while the array has one
/// owner; a copy elsewhere keeps what it has.
package func wipe(_ bytes: inout [UInt8]) {
    bytes.withUnsafeMutableBytes { wipe($0) }
    bytes = []
}

/// Overwrites memory in a way the optimiser must not remove.
package func wipe(_ bytes: UnsafeMutableRawBufferPointer) {
    if let start = bytes.baseAddress { explicit_bzero(start, bytes.count) }
}
