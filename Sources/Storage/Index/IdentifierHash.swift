internal import Encoding

/// A 64-bit hash of an identifier, keyed anew in every process: nobody can choose identifiers
/// that meet in it.
enum IdentifierHash {
    static func of(_ identifier: ByteText) -> UInt64 {
        of(identifier.utf8.span)
    }

    static func of(_ identifier: Span<UInt8>) -> UInt64 {
        var hasher = Hasher()
        identifier.withUnsafeBytes { hasher.combine(bytes: $0) }
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }
}
