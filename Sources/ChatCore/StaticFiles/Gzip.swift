/// The part of the gzip format (RFC 1952) that tells which file a compressed one was made from.
enum Gzip {
    /// Returns whether the trailer of `compressed` states the checksum and the length of `plain`.
    /// A file that was changed after it was compressed must not be served in two versions.
    static func isMade(_ compressed: [UInt8], from plain: [UInt8]) -> Bool {
        guard compressed.count >= 18, compressed.starts(with: [0x1f, 0x8b, 8]) else { return false }
        let trailer = compressed.suffix(8)
        func number(_ bytes: ArraySlice<UInt8>) -> UInt32 {
            bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
        }
        return number(trailer.prefix(4)) == checksum(of: plain)
            && number(trailer.suffix(4)) == UInt32(truncatingIfNeeded: plain.count)
    }

    /// CRC-32 (§8).
    private static func checksum(of bytes: [UInt8]) -> UInt32 {
        var table: [UInt32] = []
        for byte in UInt32(0)..<256 {
            var entry = byte
            for _ in 0..<8 { entry = (entry & 1) * 0xedb8_8320 ^ (entry >> 1) }
            table.append(entry)
        }
        var value = UInt32.max
        for byte in bytes {
            let index = UInt8(truncatingIfNeeded: value) ^ byte
            value = table[Int(index)] ^ (value >> 8)
        }
        return ~value
    }
}
