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

    private static func encode(_ bytes: Span<UInt8>, _ alphabet: Alphabet) -> String {
        let padding = alphabet == .standard ? (3 - bytes.count % 3) % 3 : 0
        let length = (bytes.count * 4 + 2) / 3 + padding
        return String(unsafeUninitializedCapacity: length) { text in
            var written = 0
            var at = 0
            while at < bytes.count {
                let present = min(3, bytes.count - at)
                var bits = UInt32(bytes[at]) << 16
                if present > 1 { bits |= UInt32(bytes[at + 1]) << 8 }
                if present > 2 { bits |= UInt32(bytes[at + 2]) }
                var shift: UInt32 = 18
                for _ in 0...present {
                    text[written] = alphabet.character(UInt8((bits >> shift) & 63))
                    written += 1
                    shift = shift &- 6
                }
                at += present
            }
            while written < length {
                text[written] = UInt8(ascii: "=")
                written += 1
            }
            return written
        }
    }

    private static func decode(_ text: Span<UInt8>, _ alphabet: Alphabet) -> [UInt8]? {
        guard text.count % 4 != 1 else { return nil }
        // With no capacity the library would store its count in the empty array that all share.
        if text.isEmpty { return [] }
        var bits: UInt32 = 0
        var isValid = true
        let bytes = [UInt8](unsafeUninitializedCapacity: text.count * 3 / 4) { bytes, count in
            for index in 0..<text.count {
                let value = alphabet.value(text[index])
                if value > 63 { isValid = false }
                bits = bits << 6 | UInt32(value & 63)
                // After the 2nd, 3rd and 4th character of four, one more byte is whole.
                let place = index & 3
                guard place > 0 else { continue }
                bytes[count] = UInt8(truncatingIfNeeded: bits >> (6 - 2 * UInt32(place)))
                count += 1
            }
        }
        let unused = UInt32(text.count * 6 - bytes.count * 8)
        guard isValid, bits & ((1 << unused) - 1) == 0 else { return nil }
        return bytes
    }

    private enum Alphabet {
        case standard, url

        func character(_ value: UInt8) -> UInt8 {
            switch value {
            case 0..<26: UInt8(ascii: "A") + value
            case 26..<52: UInt8(ascii: "a") + value - 26
            case 52..<62: UInt8(ascii: "0") + value - 52
            case 62: self == .standard ? UInt8(ascii: "+") : UInt8(ascii: "-")
            default: self == .standard ? UInt8(ascii: "/") : UInt8(ascii: "_")
            }
        }

        /// 0 to 63, or 255 for a character that is not of this alphabet.
        func value(_ character: UInt8) -> UInt8 {
            switch character {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
            case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
            case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
            case self.character(62): 62
            case self.character(63): 63
            default: 255
            }
        }
    }
}
