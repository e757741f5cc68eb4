internal import COpenSSL
internal import Glibc
internal import Synchronization

/// Key material or a shared secret. Its memory is overwritten when the last owner lets go, and it
/// prints, dumps and logs as `<secret>`.
package final class Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    private let bytes: Mutex<[UInt8]>
    /// In bytes.
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

    /// Returns whether both hold the same bytes, in constant time for equal lengths.
    package func equals(_ other: Span<UInt8>) -> Bool {
        withBytes { $0.equalsInConstantTime(other) }
    }

    package var description: String { "<secret>" }
    package var debugDescription: String { "<secret>" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension Span<UInt8> {
    /// Returns whether both hold the same bytes. The time depends on the lengths alone, so it does
    /// not tell the first difference.
    package func equalsInConstantTime(_ other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        if isEmpty { return true }
        return withUnsafeBufferPointer { mine in
            other.withUnsafeBufferPointer { other in
                CRYPTO_memcmp(mine.baseAddress, other.baseAddress, mine.count) == 0
            }
        }
    }
}

/// Overwrites the bytes in place and empties the array. A second reference to the array keeps the
/// old bytes: the caller must hold the only one.
package func wipe(_ bytes: inout [UInt8]) {
    bytes.withUnsafeMutableBytes { wipe($0) }
    bytes = []
}

/// Overwrites memory in a way the optimiser must not remove.
package func wipe(_ bytes: UnsafeMutableRawBufferPointer) {
    if let start = bytes.baseAddress { explicit_bzero(start, bytes.count) }
}
