/// SipHash-2-4 (Aumasson and Bernstein, 2012), a keyed 64-bit hash that needs the key to predict.
/// It hashes 64-bit words in little-endian order.
package struct SipHash {
    private var v0, v1, v2, v3: UInt64
    private var wordCount: UInt64 = 0

    package init(key: (UInt64, UInt64) = (0, 0)) {
        v0 = key.0 ^ 0x736f_6d65_7073_6575
        v1 = key.1 ^ 0x646f_7261_6e64_6f6d
        v2 = key.0 ^ 0x6c79_6765_6e65_7261
        v3 = key.1 ^ 0x7465_6462_7974_6573
    }

    package mutating func combine(_ word: UInt64) {
        wordCount &+= 1
        compress(word)
    }

    /// Combines the length of the bytes and then the bytes, filled up with zeros: no two lists of
    /// byte strings make the same words.
    package mutating func combine(_ bytes: Span<UInt8>) {
        combine(UInt64(bytes.count))
        var index = 0
        while index + 8 <= bytes.count {
            combine(
                bytes.withUnsafeBytes {
                    UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: index, as: UInt64.self))
                })
            index += 8
        }
        guard index < bytes.count else { return }
        var word: UInt64 = 0
        var shift: UInt64 = 0
        while index < bytes.count {
            word |= UInt64(bytes[index]) &<< shift
            shift += 8
            index += 1
        }
        combine(word)
    }

    package consuming func finalize() -> UInt64 {
        // The last block: the length in bytes modulo 256, in its highest byte.
        compress((wordCount &* 8) << 56)
        v2 ^= 0xff
        for _ in 0..<4 { round() }
        return v0 ^ v1 ^ v2 ^ v3
    }

    private mutating func compress(_ word: UInt64) {
        v3 ^= word
        round()
        round()
        v0 ^= word
    }

    @inline(__always) private mutating func round() {
        v0 &+= v1
        v1 = Self.rotated(v1, 13) ^ v0
        v0 = Self.rotated(v0, 32)
        v2 &+= v3
        v3 = Self.rotated(v3, 16) ^ v2
        v0 &+= v3
        v3 = Self.rotated(v3, 21) ^ v0
        v2 &+= v1
        v1 = Self.rotated(v1, 17) ^ v2
        v2 = Self.rotated(v2, 32)
    }

    @inline(__always) private static func rotated(_ word: UInt64, _ bits: UInt64) -> UInt64 {
        word &<< bits | word &>> (64 - bits)
    }
}
