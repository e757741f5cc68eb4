internal import Encoding

/// A 64-bit hash of an identifier. Every process has its own random key, so nobody can choose
/// identifiers that collide. The hash of a UUID ignores the case of its letters.
enum IdentifierHash {
    static func of(_ identifier: ByteText) -> UInt64 {
        of(identifier.utf8.span)
    }

    static func of(_ identifier: Span<UInt8>) -> UInt64 {
        var hasher = Hasher()
        // Nearly all UUIDs are in lower case and need no folding.
        if identifier.count == 36, hasCapital(identifier), UUIDText.isUUID(identifier) {
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: identifier.count) { folded in
                for index in identifier.indices {
                    folded[index] = identifier[index].asciiLowercased
                }
                hasher.combine(bytes: UnsafeRawBufferPointer(folded))
            }
        } else {
            identifier.withUnsafeBytes { hasher.combine(bytes: $0) }
        }
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }

    /// Checks all bytes without a branch, so that the compiler can vectorise the loop.
    private static func hasCapital(_ identifier: Span<UInt8>) -> Bool {
        var found: UInt8 = 0
        for index in identifier.indices { found |= identifier[index] &- 0x41 < 26 ? 1 : 0 }
        return found != 0
    }
}
