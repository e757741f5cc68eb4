/// How far bytes go on without one that means something in a JSON string: a quote, a backslash or
/// a control character (RFC 8259 §7).
enum PlainRun {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highBits: UInt64 = 0x8080_8080_8080_8080

    /// Where the run that begins at `start` ends: at such a byte, or at the end of all.
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

    /// The high bit of each byte that is below the limit (at most 128). A borrow can mark bytes
    /// above the first such one wrongly, never one before it.
    private static func below(_ limit: UInt64, _ eight: UInt64) -> UInt64 {
        (eight &- ones &* limit) & ~eight & highBits
    }
}
