/// Finds the next special byte of a JSON string: a quote, a backslash or a control character
/// (RFC 8259 §7). It tests eight bytes at once.
enum UnescapedRun {
    /// Returns the place of the first special byte from `start` on, or the end of the bytes.
    static func end(in bytes: Span<UInt8>, from start: Int) -> Int {
        var index = start
        while bytes.count - index >= 8 {
            let eight = EightBytes.load(bytes, at: index)
            let marks =
                EightBytes.marks(below: 0x20, in: eight)
                | EightBytes.marks(of: UInt8(ascii: "\""), in: eight)
                | EightBytes.marks(of: UInt8(ascii: "\\"), in: eight)
            if marks != 0 { return index + marks.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < bytes.count, !isSpecial(bytes[index]) { index += 1 }
        return index
    }

    static func isSpecial(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }
}
