/// Base 64 (RFC 4648 §4, and §5 for URLs). It reads the canonical form only, so that no changed
/// character goes unnoticed (§3.5).
package enum Base64 {
    package static func encode(_ bytes: Span<UInt8>) -> String {
        encode(bytes, .standard)
    }

    /// Encodes with `-` and `_`, and no padding.
    package static func encodeURL(_ bytes: Span<UInt8>) -> String {
        encode(bytes, .url)
    }

    /// Returns the bytes, or nil unless the text is exactly what `encode` writes for them.
    package static func decode(_ text: Span<UInt8>) -> [UInt8]? {
        guard text.count.isMultiple(of: 4) else { return nil }
        var end = text.count
        while end > 0, text.count - end < 2, text[end - 1] == UInt8(ascii: "=") { end -= 1 }
        return decode(text.extracting(0..<end), .standard)
    }

    /// Returns the bytes, or nil unless the text is exactly what `encodeURL` writes for them.
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
        // Decodes in place: copying is faster than allocating an array and filling it.
        var bytes = text.withUnsafeBufferPointer { Array($0) }
        let isCanonical = bytes.withUnsafeMutableBufferPointer { bytes in
            alphabet.values.withUnsafeBufferPointer { values in decode(bytes, values) }
        }
        bytes.removeLast(text.count - text.count * 3 / 4)
        return isCanonical ? bytes : nil
    }

    /// Decodes in place. Returns false for a character outside the alphabet, or for set bits beyond
    /// the last byte.
    private static func decode(
        _ bytes: UnsafeMutableBufferPointer<UInt8>, _ values: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        // The values of all characters combined: above 63 if one of them is invalid.
        var all: UInt8 = 0
        func value(_ index: Int) -> UInt32 {
            let value = values[Int(bytes[index])]
            all |= value
            return UInt32(value)
        }
        var (at, end) = (0, 0)
        while bytes.count - at >= 4 {
            let bits = value(at) << 18 | value(at + 1) << 12 | value(at + 2) << 6 | value(at + 3)
            bytes[end] = UInt8(truncatingIfNeeded: bits >> 16)
            bytes[end + 1] = UInt8(truncatingIfNeeded: bits >> 8)
            bytes[end + 2] = UInt8(truncatingIfNeeded: bits)
            (at, end) = (at + 4, end + 3)
        }
        var unused: UInt32 = 0
        switch bytes.count - at {
        case 2:
            let bits = value(at) << 6 | value(at + 1)
            bytes[end] = UInt8(truncatingIfNeeded: bits >> 4)
            unused = bits & 15
        case 3:
            let bits = value(at) << 12 | value(at + 1) << 6 | value(at + 2)
            bytes[end] = UInt8(truncatingIfNeeded: bits >> 10)
            bytes[end + 1] = UInt8(truncatingIfNeeded: bits >> 2)
            unused = bits & 3
        default: ()
        }
        return all <= 63 && unused == 0
    }
}

/// One of RFC 4648's two alphabets: its 64 characters, and the value of each.
struct Base64Alphabet: Sendable {
    static let standard = Base64Alphabet(last: "+/", isPadded: true)
    static let url = Base64Alphabet(last: "-_", isPadded: false)

    let characters: [UInt8]
    /// The value of each byte, 0 to 63, or 255 if it is outside the alphabet.
    let values: [UInt8]
    let isPadded: Bool

    private init(last: String, isPadded: Bool) {
        characters = Array(
            ("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" + last).utf8)
        var values = [UInt8](repeating: 255, count: 256)
        for (value, character) in characters.enumerated() {
            values[Int(character)] = UInt8(value)
        }
        self.values = values
        self.isPadded = isPadded
    }
}
