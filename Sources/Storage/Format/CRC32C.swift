internal import Encoding

/// The Castagnoli checksum (RFC 3720 appendix B.4), computed eight bytes a step.
struct CRC32C: Sendable {
    private var register: UInt32 = .max

    var value: UInt32 { ~register }

    init() {}

    static func checksum(_ bytes: Span<UInt8>) -> UInt32 {
        var checksum = CRC32C()
        checksum.update(bytes)
        return checksum.value
    }

    mutating func update(_ bytes: Span<UInt8>) {
        register = bytes.withUnsafeBytes { bytes in
            Self.tables.withUnsafeBufferPointer { Self.update(register, bytes, $0) }
        }
    }

    private static func update(
        _ start: UInt32, _ bytes: UnsafeRawBufferPointer, _ tables: UnsafeBufferPointer<UInt32>
    ) -> UInt32 {
        var register = start
        var at = 0
        while bytes.count - at >= 8 {
            let eight = UInt64(
                littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))
            let mixed = eight ^ UInt64(register)
            register = 0
            for lane in 0..<8 {
                let byte = Int(truncatingIfNeeded: mixed >> UInt64(8 * lane)) & 0xFF
                register ^= tables[(7 - lane) << 8 | byte]
            }
            at += 8
        }
        while at < bytes.count {
            register = register >> 8 ^ tables[Int((register ^ UInt32(bytes[at])) & 0xFF)]
            at += 1
        }
        return register
    }

    /// Calls `body` with a function that reverts the step of one zero byte: it returns the register
    /// before that step.
    static func withReversal(_ body: ((UInt32) -> UInt32) -> Void) {
        tables.withUnsafeBufferPointer { tables in
            reversal.withUnsafeBufferPointer { reversal in
                body { register in
                    let byte = UInt32(reversal[Int(register >> 24)])
                    return (register ^ tables[Int(byte)]) << 8 | byte
                }
            }
        }
    }

    /// The index of the entry in the first table with a given highest byte. Every entry has a
    /// different one.
    private static let reversal: [UInt8] = {
        var reversal = [UInt8](repeating: 0, count: 256)
        for byte in 0..<256 { reversal[Int(tables[byte] >> 24)] = UInt8(byte) }
        return reversal
    }()

    /// Eight tables of 256 entries. The first moves a byte through the register. Each further table
    /// moves it through one more zero byte, up to seven.
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var register = UInt32(byte)
            for _ in 0..<8 {
                register = register >> 1 ^ (register & 1 == 1 ? 0x82F6_3B78 : 0)
            }
            tables[byte] = register
        }
        for index in 256..<(8 * 256) {
            let before = tables[index - 256]
            tables[index] = before >> 8 ^ tables[Int(before & 0xFF)]
        }
        return tables
    }()
}

/// The text of a checksum: eight lower-case hex digits.
enum ChecksumText {
    static func digits(of checksum: UInt32) -> [UInt8] {
        (0..<8).map { Hex.digit(UInt8(checksum >> UInt32(28 - 4 * $0) & 15)) }
    }

    /// Returns nil unless `digits` writes exactly this text. An upper-case digit is a flipped bit.
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
