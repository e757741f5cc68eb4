/// Finds bytes among eight at once (H. S. Warren, "Hacker's Delight", 6-1).
///
/// For this target alone: nothing that is `package` is inlined into another one (`FieldText`).
enum EightBytes {
    static var ones: UInt64 { 0x0101_0101_0101_0101 }

    /// Returns the eight bytes from `index` on, the first one lowest.
    static func load(_ bytes: Span<UInt8>, at index: Int) -> UInt64 {
        UInt64(
            littleEndian: bytes.bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
    }

    /// Marks the high bit of each byte below the limit (at most 128). A borrow can mark bytes after
    /// the first such byte wrongly, never one before it.
    static func marks(below limit: UInt64, in eight: UInt64) -> UInt64 {
        (eight &- ones &* limit) & ~eight & (ones << 7)
    }

    /// Marks the high bit of each byte of that value, as `marks(below:in:)` does.
    static func marks(of byte: UInt8, in eight: UInt64) -> UInt64 {
        marks(below: 1, in: eight ^ (ones &* UInt64(byte)))
    }
}
