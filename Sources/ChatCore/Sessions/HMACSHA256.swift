import COpenSSL
import Program

/// HMAC with SHA-256 (RFC 2104, FIPS 198-1), and random bytes: the only file here that calls
/// OpenSSL.
enum HMACSHA256 {
    static let size = 32

    static func code(of message: [UInt8], key: Secret) -> [UInt8] {
        key.withBytes { key in
            key.withUnsafeBytes { key in
                [UInt8](unsafeUninitializedCapacity: size) { code, count in
                    var length: UInt32 = 0
                    let result = HMAC(
                        EVP_sha256(), key.baseAddress, Int32(key.count), message, message.count,
                        code.baseAddress, &length)
                    precondition(result != nil && Int(length) == size, "libcrypto has no SHA-256")
                    count = size
                }
            }
        }
    }

    /// In a time that does not tell where they differ.
    static func isEqual(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        one.count == other.count && CRYPTO_memcmp(one, other, one.count) == 0
    }

    /// For keys: from libcrypto's generator, which the kernel seeds.
    static func randomBytes(_ count: Int) throws(StartFailure) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        guard RAND_bytes(&bytes, Int32(count)) == 1 else {
            throw StartFailure("the system gives no random bytes")
        }
        return bytes
    }
}
