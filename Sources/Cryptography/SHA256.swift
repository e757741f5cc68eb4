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
