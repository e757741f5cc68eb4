internal import Encoding

/// A checksum as eight lower-case hex digits.
enum ChecksumText {
    static func digits(of checksum: UInt32) -> [UInt8] {
        (0..<8).map { Hex.digit(UInt8(checksum >> UInt32(28 - 4 * $0) & 15)) }
    }

    /// Nil unless the text is just what `digits` writes: an upper-case digit is a flipped bit.
    static func value(of text: Span<UInt8>) -> UInt32? {
        guard text.count == 8 else { return nil }
        var value: UInt32 = 0
        for index in text.indices {
            guard let digit = Hex.value(of: text[index]), Hex.digit(digit) == text[index] else {
                return nil
            }
            value = value << 4 | UInt32(digit)
        }
        return value
    }
}
