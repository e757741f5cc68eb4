/// The Castagnoli checksum (RFC 3720 appendix B.4), eight bytes a step.
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

    /// Hands over what undoes the step of one zero byte: the register before it.
    static func withUndoing(_ body: ((UInt32) -> UInt32) -> Void) {
        tables.withUnsafeBufferPointer { tables in
            undoing.withUnsafeBufferPointer { undoing in
                body { register in
                    let byte = UInt32(undoing[Int(register >> 24)])
                    return (register ^ tables[Int(byte)]) << 8 | byte
                }
            }
        }
    }

    /// Which entry of the first table has this highest byte: each has another one.
    private static let undoing: [UInt8] = {
        var undoing = [UInt8](repeating: 0, count: 256)
        for byte in 0..<256 { undoing[Int(tables[byte] >> 24)] = UInt8(byte) }
        return undoing
    }()

    /// Eight tables of 256: the first moves a byte through the register, the next move it through
    /// followed by one, two … seven zero bytes.
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
