internal import Encoding

/// UUIDs of version 4 (RFC 9562 §5.4), as text in lower case.
package enum RandomID {
    package static func uuid() -> String {
        var random = SystemRandomNumberGenerator()
        let high = random.next() & ~0xF000 | 0x4000
        let low = random.next() & ~(0b11 << 62) | (0b10 << 62)
        let digits = hex(high) + hex(low)
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32]
            .map { String(decoding: digits[$0], as: UTF8.self) }.joined(separator: "-")
    }

    /// Whether that is the text of a UUID of version 4, in either case.
    package static func isUUID(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count == 36 else { return false }
        for (index, byte) in bytes.enumerated() {
            switch index {
            case 8, 13, 18, 23: guard byte == UInt8(ascii: "-") else { return false }
            case 14: guard byte == UInt8(ascii: "4") else { return false }
            case 19:
                guard let value = Hex.value(of: byte), value >> 2 == 0b10 else { return false }
            default: guard Hex.value(of: byte) != nil else { return false }
            }
        }
        return true
    }

    private static func hex(_ bits: UInt64) -> [UInt8] {
        (0..<16).map { Hex.digit(UInt8(truncatingIfNeeded: bits >> (60 - 4 * $0)) & 15) }
    }
}
