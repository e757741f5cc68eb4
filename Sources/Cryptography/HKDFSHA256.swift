/// HKDF with SHA-256 (RFC 5869): derives keys from a secret.
package enum HKDFSHA256 {
    /// The most bytes one derivation gives (§2.3).
    package static let bytesMax = 255 * HMACSHA256.byteCount

    /// Returns `count` bytes derived from `secret`, as a secret.
    ///
    /// - Parameters:
    ///   - secret: The input keying material.
    ///   - salt: Random and public; empty counts as 32 zero bytes (§2.2).
    ///   - info: Binds the key to its purpose.
    ///   - count: From 1 to `bytesMax`.
    package static func key(
        from secret: Secret, salt: Span<UInt8>, info: Span<UInt8>, count: Int
    ) -> Secret {
        precondition((1...bytesMax).contains(count), "HKDF gives 1 to \(bytesMax) bytes")
        var extracted = secret.withBytes { HMACSHA256.code(of: $0, key: salt) }
        defer { wipe(&extracted) }
        return expand(extracted.span, info: info, count: count)
    }

    /// Chains the blocks of §2.3: each is the code of the block before, `info` and its number.
    private static func expand(
        _ key: Span<UInt8>, info: Span<UInt8>, count: Int
    ) -> Secret {
        var output = [UInt8](repeating: 0, count: count)
        var block: [UInt8] = []
        var written = 0
        var number: UInt8 = 1
        while written < count {
            var input: [UInt8] = []
            // All at once: growing would leave copies of a block behind.
            input.reserveCapacity(block.count + info.count + 1)
            input += block
            for index in info.indices { input.append(info[index]) }
            input.append(number)
            wipe(&block)
            block = HMACSHA256.code(of: input.span, key: key)
            wipe(&input)
            for byte in block.prefix(count - written) {
                output[written] = byte
                written += 1
            }
            number &+= 1
        }
        wipe(&block)
        return Secret(taking: &output)
    }
}
