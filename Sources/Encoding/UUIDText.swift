/// UUIDs as text (RFC 9562 §4): 32 hexadecimal digits in either case, with hyphens.
package enum UUIDText {
    private static let length = 36

    /// Returns whether these bytes are a UUID of any version.
    package static func isUUID(_ bytes: Span<UInt8>) -> Bool {
        guard bytes.count == length else { return false }
        for index in 0..<length {
            switch index {
            case 8, 13, 18, 23: guard bytes[index] == UInt8(ascii: "-") else { return false }
            default: guard Hex.value(of: bytes[index]) != nil else { return false }
            }
        }
        return true
    }

    /// Returns whether both are the same identifier. UUIDs match in either case, others exactly.
    package static func areEqual(_ one: ByteText, _ other: ByteText) -> Bool {
        if one == other { return true }
        let (first, second) = (one.utf8.span, other.utf8.span)
        guard first.count == length, second.count == length else { return false }
        for index in 0..<length
        where first[index].asciiLowercased != second[index].asciiLowercased {
            return false
        }
        return isUUID(first)
    }
}
