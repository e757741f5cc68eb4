internal import COpenSSL

/// SHA-256 (FIPS 180-4).
package enum SHA256 {
    package static let byteCount = 32

    /// Returns the 32 bytes of the digest.
    package static func digest(of message: Span<UInt8>) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: byteCount)
        let isDone = message.withUnsafeBufferPointer {
            EVP_Digest($0.baseAddress, $0.count, &digest, nil, EVP_sha256(), nil) == 1
        }
        precondition(isDone, "SHA-256 needs no resource that can run out but memory")
        return digest
    }
}

/// HMAC with SHA-256 (RFC 2104, FIPS 198-1).
package enum HMACSHA256 {
    package static let byteCount = 32

    /// Returns the 32 bytes of the code. Compare two codes with `equalsInConstantTime`.
    package static func code(of message: Span<UInt8>, key: Secret) -> [UInt8] {
        key.withBytes { key in code(of: message, key: key) }
    }

    static func code(of message: Span<UInt8>, key: Span<UInt8>) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: byteCount)
        let isDone = key.withUnsafeBufferPointer { key in
            message.withUnsafeBufferPointer { message in
                // OpenSSL takes a null pointer for "the key of the call before".
                withUnsafePointer(to: 0 as UInt8) { noKey in
                    HMAC(
                        EVP_sha256(), key.baseAddress ?? noKey, Int32(key.count),
                        message.baseAddress, message.count, &code, nil) != nil
                }
            }
        }
        precondition(isDone, "HMAC needs no resource that can run out but memory")
        return code
    }
}
