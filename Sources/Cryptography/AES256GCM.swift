internal import COpenSSL

/// AES-256 in Galois/Counter Mode (NIST SP 800-38D) under one key, with random 96-bit nonces
/// (§8.2.2) and 128-bit tags.
///
/// The expanded key stays in two OpenSSL contexts, which wipe it when they are freed. A context
/// serves one message at a time, so an instance belongs to one thread.
package final class AES256GCM {
    package static let keyBytes = 32
    package static let nonceBytes = 12
    package static let tagBytes = 16

    private let sealing: CipherContext
    private let opening: CipherContext

    /// The key has 32 bytes.
    package init(key: Secret) throws(OpenSSLFault) {
        precondition(key.count == Self.keyBytes, "AES-256 takes 32 bytes")
        sealing = try CipherContext(EVP_aes_256_gcm(), key: key, direction: .encrypting)
        opening = try CipherContext(EVP_aes_256_gcm(), key: key, direction: .decrypting)
    }

    /// Returns nonce ‖ ciphertext ‖ tag, bound to `context` as additional authenticated data.
    package func seal(
        _ plaintext: Span<UInt8>, context: Span<UInt8>
    ) throws(OpenSSLFault) -> [UInt8] {
        let nonce = try RandomBytes.make(Self.nonceBytes)
        return try seal(plaintext, context: context, nonce: nonce.span)
    }

    /// Seals with a given nonce. For known answers only: a nonce used twice under one key gives
    /// the key stream away.
    package func seal(
        _ plaintext: Span<UInt8>, context: Span<UInt8>, nonce: Span<UInt8>
    ) throws(OpenSSLFault) -> [UInt8] {
        precondition(nonce.count == Self.nonceBytes, "a nonce has 96 bits")
        let end = Self.nonceBytes + plaintext.count
        var content = [UInt8](repeating: 0, count: end + Self.tagBytes)
        let isDone = content.withUnsafeMutableBufferPointer { content in
            for index in nonce.indices { content[index] = nonce[index] }
            guard let start = content.baseAddress else { return false }
            return sealing.begin(nonce: start)
                && sealing.update(nil, context)
                && sealing.update(start + Self.nonceBytes, plaintext)
                && sealing.finish()
                && sealing.readTag(into: start + end, count: Self.tagBytes)
        }
        guard isDone else { throw OpenSSLFault(call: "AES-256-GCM seal") }
        return content
    }

    /// Returns the plaintext, or nil unless nonce ‖ ciphertext ‖ tag and `context` are what `seal`
    /// made under this key. The cause of a nil stays secret.
    package func open(_ content: Span<UInt8>, context: Span<UInt8>) -> [UInt8]? {
        guard content.count >= Self.nonceBytes + Self.tagBytes else { return nil }
        let end = content.count - Self.tagBytes
        // Decrypts in place: copying is faster than allocating an array and filling it.
        var plaintext = content.extracting(Self.nonceBytes..<end)
            .withUnsafeBufferPointer { Array($0) }
        let isAuthentic =
            begin(opening: content, tagAt: end)
            && opening.update(nil, context)
            && opening.update(&plaintext)
            && opening.finish()
        guard isAuthentic else {
            wipe(&plaintext)
            return nil
        }
        return plaintext
    }

    private func begin(opening content: Span<UInt8>, tagAt end: Int) -> Bool {
        content.withUnsafeBufferPointer { content in
            guard let start = content.baseAddress else { return false }
            return opening.begin(nonce: start)
                && opening.expectTag(start + end, count: Self.tagBytes)
        }
    }
}
