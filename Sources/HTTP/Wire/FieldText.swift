/// How far a field value goes on: printable ASCII, blanks and opaque bytes (RFC 9110 §5.5). Most of
/// a head are values, so they are looked at eight bytes at a time. (How to do so is written here
/// again: a call into Encoding for each eight bytes would cost more than it saves.)
enum FieldText {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highBits: UInt64 = 0x8080_8080_8080_8080

    /// Where the text that begins at `start` ends: at a byte that no value may hold, or at the end
    /// of all.
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

    /// The high bit of each byte that is below the limit (at most 128). A borrow can mark bytes
    /// above the first such one wrongly, never one before it.
    private static func below(_ limit: UInt64, _ eight: UInt64) -> UInt64 {
        (eight &- ones &* limit) & ~eight & highBits
    }
}
