/// Finds the end of a field value: printable ASCII, blanks and opaque bytes (RFC 9110 §5.5).
///
/// Most of a head are values, so eight bytes are checked at a time. `EightBytes` of Encoding has
/// the same search, but nothing that is `package` is inlined into another target. Two calls for
/// each eight bytes would cost more than the search saves.
enum FieldText {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highBits: UInt64 = 0x8080_8080_8080_8080

    /// Returns the index of the first byte after `start` that no value may have, or the end of the
    /// bytes.
    static func end(in bytes: Span<UInt8>, from start: Int) -> Int {
        var index = start
        while bytes.count - index >= 8 {
            let eight = UInt64(
                littleEndian: bytes.bytes.unsafeLoadUnaligned(
                    fromByteOffset: index, as: UInt64.self))
            let marks = below(0x20, eight) | below(1, eight ^ (ones * 0x7F))
            index += marks == 0 ? 8 : marks.trailingZeroBitCount / 8
            if marks == 0 { continue }
            guard bytes[index] == .tab else { return index }
            index += 1
        }
        while index < bytes.count, bytes[index].isFieldText { index += 1 }
        return index
    }

    /// Returns the high bit of each byte that is below `limit` (at most 128). A borrow may mark
    /// higher bytes wrongly, but never a byte before the first match.
    private static func below(_ limit: UInt64, _ eight: UInt64) -> UInt64 {
        (eight &- ones &* limit) & ~eight & highBits
    }
}
