internal import COpenSSL

/// AES-128 in Galois/Counter Mode (NIST SP 800-38D) for one message under a key of its own, as
/// Web Push seals it (RFC 8188).
package enum AES128GCM {
    package static let keyBytes = 16
    package static let nonceBytes = 12
    package static let tagBytes = 16

    /// Returns ciphertext ‖ tag. A key must never be used twice with the same nonce.
    package static func seal(
        _ plaintext: Span<UInt8>, key: Secret, nonce: Span<UInt8>
    ) throws(OpenSSLFault) -> [UInt8] {
        precondition(key.count == keyBytes, "AES-128 takes 16 bytes")
        precondition(nonce.count == nonceBytes, "a nonce has 96 bits")
        let context = try CipherContext(EVP_aes_128_gcm(), key: key, direction: .encrypting)
        var sealed = [UInt8](repeating: 0, count: plaintext.count + tagBytes)
        let isDone = sealed.withUnsafeMutableBufferPointer { sealed in
            nonce.withUnsafeBufferPointer { nonce in
                guard let start = sealed.baseAddress, let nonce = nonce.baseAddress else {
                    return false
                }
                return context.begin(nonce: nonce)
                    && context.update(start, plaintext)
                    && context.finish()
                    && context.readTag(into: start + plaintext.count, count: tagBytes)
            }
        }
        guard isDone else { throw OpenSSLFault(call: "AES-128-GCM seal") }
        return sealed
    }
}
