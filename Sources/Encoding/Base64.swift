/// Base 64 (RFC 4648 §4, and §5 for URLs), read canonically only: one text for one sequence of
/// bytes, so that a changed character can never go unnoticed (§3.5).
package enum Base64 {
    package static func encode(_ bytes: Span<UInt8>) -> String {
        encode(bytes, .standard)
    }

    /// With `-` and `_`, and no padding.
    package static func encodeURL(_ bytes: Span<UInt8>) -> String {
        encode(bytes, .url)
    }

    /// The bytes, or nil when the text is not exactly what `encode` writes for them.
    package static func decode(_ text: Span<UInt8>) -> [UInt8]? {
        guard text.count.isMultiple(of: 4) else { return nil }
        var end = text.count
        while end > 0, text.count - end < 2, text[end - 1] == UInt8(ascii: "=") { end -= 1 }
        return decode(text.extracting(0..<end), .standard)
    }

    /// The bytes, or nil when the text is not exactly what `encodeURL` writes for them.
    package static func decodeURL(_ text: Span<UInt8>) -> [UInt8]? {
        decode(text, .url)
    }

    private static func encode(_ bytes: Span<UInt8>, _ alphabet: Base64Alphabet) -> String {
        let padding = alphabet.isPadded ? (3 - bytes.count % 3) % 3 : 0
        let length = (bytes.count * 4 + 2) / 3 + padding
        let characters = alphabet.characters
        return String(unsafeUninitializedCapacity: length) { text in
            var written = 0
            var at = 0
            func write(_ bits: UInt32, _ count: Int) {
                for place in 0..<count {
                    text[written] = characters[Int(bits >> UInt32(18 - 6 * place) & 63)]
                    written += 1
                }
            }
            while bytes.count - at >= 3 {
                write(
                    UInt32(bytes[at]) << 16 | UInt32(bytes[at + 1]) << 8 | UInt32(bytes[at + 2]),
                    4)
                at += 3
            }
            switch bytes.count - at {
            case 1: write(UInt32(bytes[at]) << 16, 2)
            case 2: write(UInt32(bytes[at]) << 16 | UInt32(bytes[at + 1]) << 8, 3)
            default: ()
            }
            while written < length {
                text[written] = UInt8(ascii: "=")
                written += 1
            }
            return written
        }
    }

    private static func decode(_ text: Span<UInt8>, _ alphabet: Base64Alphabet) -> [UInt8]? {
        guard text.count % 4 != 1 else { return nil }
        // With no capacity the library would store its count in the empty array that all share.
        if text.isEmpty { return [] }
        let values = alphabet.values
        // The values of all characters together: more than 63 where one of them is none.
        var all: UInt8 = 0
        var unused: UInt32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: text.count * 3 / 4) { bytes, count in
            var at = 0
            func read(_ count: Int) -> UInt32 {
                var bits: UInt32 = 0
                for index in at..<(at + count) {
                    let value = values[Int(text[index])]
                    all |= value
                    bits = bits << 6 | UInt32(value & 63)
                }
                at += count
                return bits
            }
            while text.count - at >= 4 {
                let bits = read(4)
                bytes[count] = UInt8(truncatingIfNeeded: bits >> 16)
                bytes[count + 1] = UInt8(truncatingIfNeeded: bits >> 8)
                bytes[count + 2] = UInt8(truncatingIfNeeded: bits)
                count += 3
            }
            switch text.count - at {
            case 2:
                let bits = read(2)
                bytes[count] = UInt8(truncatingIfNeeded: bits >> 4)
                count += 1
                unused = bits & 15
            case 3:
                let bits = read(3)
                bytes[count] = UInt8(truncatingIfNeeded: bits >> 10)
                bytes[count + 1] = UInt8(truncatingIfNeeded: bits >> 2)
                count += 2
                unused = bits & 3
            default: ()
            }
        }
        return all <= 63 && unused == 0 ? bytes : nil
    }
}
