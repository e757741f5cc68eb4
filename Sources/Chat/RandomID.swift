package import Encoding

/// Random UUIDs of version 4 (RFC 9562 §5.4), as text in lower case.
package enum RandomID {
    package static func uuid() -> ByteText {
        var random = SystemRandomNumberGenerator()
        let high = random.next() & ~0xF000 | 0x4000
        let low = random.next() & ~(0b11 << 62) | (0b10 << 62)
        let text = String(unsafeUninitializedCapacity: 36) { text in
            var written = 0
            for digit in 0..<32 {
                if digit == 8 || digit == 12 || digit == 16 || digit == 20 {
                    text[written] = UInt8(ascii: "-")
                    written += 1
                }
                let bits = (digit < 16 ? high : low) >> UInt64(60 - 4 * (digit & 15))
                text[written] = Hex.digit(UInt8(truncatingIfNeeded: bits) & 15)
                written += 1
            }
            return written
        }
        return ByteText(text)
    }

    /// Returns whether the text is a UUID of version 4, in either case.
    package static func isUUID(_ text: ByteText) -> Bool {
        let bytes = text.utf8.span
        guard UUIDText.isUUID(bytes), let variant = Hex.value(of: bytes[19]) else { return false }
        return bytes[14] == UInt8(ascii: "4") && variant >> 2 == 0b10
    }
}
