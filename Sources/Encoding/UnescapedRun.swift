/// Finds the next special byte of a JSON string: a quote, a backslash or a control character
/// (RFC 8259 §7). It tests eight bytes at once.
enum UnescapedRun {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highBits: UInt64 = 0x8080_8080_8080_8080

    /// Returns the place of the first special byte from `start` on, or the end of the bytes.
    static func end(in bytes: Span<UInt8>, from start: Int) -> Int {
        var index = start
        while bytes.count - index >= 8 {
            let eight = UInt64(
                littleEndian: bytes.bytes.unsafeLoadUnaligned(
                    fromByteOffset: index, as: UInt64.self))
            let controls = below(0x20, eight)
            let quotes = below(1, eight ^ (ones * 0x22))
            let backslashes = below(1, eight ^ (ones * 0x5C))
            let marks = controls | quotes | backslashes
            if marks != 0 { return index + marks.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < bytes.count, !isSpecial(bytes[index]) { index += 1 }
        return index
    }

    static func isSpecial(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    /// Marks the high bit of each byte below the limit (at most 128). A borrow can mark bytes after
    /// the first such byte wrongly, never one before it.
    private static func below(_ limit: UInt64, _ eight: UInt64) -> UInt64 {
        (eight &- ones &* limit) & ~eight & highBits
    }
}
