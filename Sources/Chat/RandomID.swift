package import Encoding

/// Random UUIDs of version 4 (RFC 9562 §5.4) and 7, as text in lower case.
package enum RandomID {
    package static func uuid() -> ByteText {
        var random = SystemRandomNumberGenerator()
        return text(high: random.next() & ~0xF000 | 0x4000, low: random.next())
    }

    private static let dayLength: Int64 = 86_400_000

    /// Returns a UUID of version 7 (RFC 9562 §5.7) that tells the day and no more. So everybody who
    /// knows the id of an account knows the day on which it was made.
    ///
    /// - Parameter time: In milliseconds since 1970.
    package static func uuid(ofDayAt time: Int64) -> ByteText {
        var random = SystemRandomNumberGenerator()
        let day = max(0, time) / dayLength * dayLength
        return text(
            high: UInt64(day) << 16 | random.next() & 0xFFF | 0x7000, low: random.next())
    }

    /// Returns the beginning of the day that such a UUID tells, in milliseconds since 1970. Nil for
    /// every other text, and for a day on which the clock was not set.
    package static func day(of text: ByteText) -> Int64? {
        let bytes = text.utf8.span
        guard UUIDText.isUUID(bytes), bytes[14] == UInt8(ascii: "7") else { return nil }
        var time: Int64 = 0
        for index in 0..<13 where index != 8 {
            time = time << 4 | Int64(Hex.value(of: bytes[index]) ?? 0)
        }
        // 2020-01-01. Another system's UUIDs tell milliseconds, and hardly ever a whole day.
        return time >= 1_577_836_800_000 && time % dayLength == 0 ? time : nil
    }

    private static func text(high: UInt64, low: UInt64) -> ByteText {
        let low = low & ~(0b11 << 62) | (0b10 << 62)
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
