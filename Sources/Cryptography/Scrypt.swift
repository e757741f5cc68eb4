internal import COpenSSL

/// scrypt (RFC 7914): derives a key from a passphrase at a cost in memory and time that makes
/// guesses slow.
package enum Scrypt {
    /// N: with `blockSize` one derivation takes 32 MiB.
    package static let cost = 1 << 15
    /// r.
    package static let blockSize = 8
    /// p.
    package static let parallelization = 3
    package static let keyBytes = 32

    /// By default OpenSSL refuses these parameters.
    private static let memoryBytesMax: UInt64 = 64 << 20

    /// Returns 32 bytes that follow from the passphrase and the salt. Blocks for some tenths of a
    /// second.
    package static func key(
        from passphrase: Secret, salt: Span<UInt8>
    ) throws(OpenSSLFault) -> Secret {
        var key = [UInt8](repeating: 0, count: keyBytes)
        let isDone = passphrase.withBytes { passphrase in
            passphrase.withUnsafeBufferPointer { passphrase in
                salt.withUnsafeBufferPointer { salt in
                    passphrase.withMemoryRebound(to: CChar.self) { passphrase in
                        EVP_PBE_scrypt(
                            passphrase.baseAddress, passphrase.count, salt.baseAddress,
                            salt.count, UInt64(cost), UInt64(blockSize), UInt64(parallelization),
                            memoryBytesMax, &key, keyBytes) == 1
                    }
                }
            }
        }
        guard isDone else {
            wipe(&key)
            throw OpenSSLFault(call: "EVP_PBE_scrypt")
        }
        return Secret(taking: &key)
    }
}
