internal import CLinux
internal import COpenSSL
internal import Glibc

/// Key material, a shared secret or a passphrase. Its memory is never swapped, is left out of core
/// files, and is overwritten when the last owner lets go. It prints, dumps and logs as `<secret>`.
package final class Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    private let bytes: LockedBytes
    /// In bytes.
    package let count: Int

    /// Takes the bytes over and leaves `bytes` empty, so that no second copy stays behind.
    /// The caller must hold the only reference to that array.
    package init(taking bytes: inout [UInt8]) {
        count = bytes.count
        self.bytes = LockedBytes(bytes.span)
        wipe(&bytes)
    }

    /// Whether the kernel refused to lock memory, so that a secret may be swapped.
    package static var mayBeSwapped: Bool { clinux_locking_was_refused() != 0 }

    /// Lends the bytes to `body`, which must not keep them.
    package func withBytes<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        try bytes.withSpan(body)
    }

    /// Returns whether both hold the same bytes, in constant time for equal lengths.
    package func equals(_ other: Span<UInt8>) -> Bool {
        withBytes { $0.equalsInConstantTime(other) }
    }

    package var description: String { "<secret>" }
    package var debugDescription: String { "<secret>" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// Bytes in locked memory, which is wiped when it is freed. They never change.
private struct LockedBytes: ~Copyable, Sendable {
    /// Of memory that this value alone owns. A number can be sent, a pointer cannot.
    private let address: UInt
    private let count: Int

    private var start: UnsafeMutablePointer<UInt8> {
        guard let start = UnsafeMutablePointer<UInt8>(bitPattern: address) else {
            preconditionFailure("no block begins at 0")
        }
        return start
    }

    init(_ bytes: Span<UInt8>) {
        guard let block = clinux_locked_allocate(max(1, bytes.count)) else {
            preconditionFailure("there is no memory left")
        }
        address = UInt(bitPattern: block.bindMemory(to: UInt8.self, capacity: max(1, bytes.count)))
        count = bytes.count
        let start = start
        for index in bytes.indices { start[index] = bytes[index] }
    }

    deinit { clinux_locked_free(start) }

    func withSpan<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        try body(UnsafeBufferPointer(start: start, count: count).span)
    }
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
