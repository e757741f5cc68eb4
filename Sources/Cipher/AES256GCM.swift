import COpenSSL
import Program

/// AES-256 in Galois/Counter Mode (NIST SP 800-38D) under one key, with random 96-bit nonces
/// (§8.2.2) and 128-bit tags. The one file of Cipher that calls OpenSSL.
///
/// The expanded key stays in two OpenSSL contexts, which wipe it when they are freed. A context
/// serves one message at a time: an instance belongs to the one thread that serves requests.
final class AES256GCM {
    static let keyBytes = 32
    static let nonceBytes = 12
    static let tagBytes = 16

    private let sealing: Context
    private let opening: Context

    /// The key has 32 bytes.
    init(key: Secret) throws(OpenSSLFault) {
        precondition(key.count == Self.keyBytes, "AES-256 takes 32 bytes")
        sealing = try Context()
        opening = try Context()
        try sealing.set(key, forSealing: true)
        try opening.set(key, forSealing: false)
    }

    /// nonce ‖ ciphertext ‖ tag, bound to `context` as additional authenticated data.
    func seal(
        _ plaintext: Span<UInt8>, context: Span<UInt8>
    ) throws(OpenSSLFault) -> [UInt8] {
        let nonce = try Random.bytes(Self.nonceBytes)
        return try seal(plaintext, context: context, nonce: nonce.span)
    }

    /// With a nonce that is given. For known answers only: a nonce used twice under one key gives
    /// the key stream away.
    func seal(
        _ plaintext: Span<UInt8>, context: Span<UInt8>, nonce: Span<UInt8>
    ) throws(OpenSSLFault) -> [UInt8] {
        precondition(nonce.count == Self.nonceBytes, "a nonce has 96 bits")
        let end = Self.nonceBytes + plaintext.count
        var content = [UInt8](repeating: 0, count: end + Self.tagBytes)
        let isDone = content.withUnsafeMutableBufferPointer { content in
            for index in nonce.indices { content[index] = nonce[index] }
            guard let start = content.baseAddress,
                EVP_EncryptInit_ex2(sealing.pointer, nil, nil, start, nil) == 1
            else { return false }
            return sealing.update(nil, context)
                && sealing.update(start + Self.nonceBytes, plaintext)
                && sealing.finish()
                && EVP_CIPHER_CTX_ctrl(
                    sealing.pointer, EVP_CTRL_AEAD_GET_TAG, Int32(Self.tagBytes), start + end) == 1
        }
        guard isDone else { throw OpenSSLFault(call: "AES-256-GCM seal") }
        return content
    }

    /// The plaintext, or nil where nonce ‖ ciphertext ‖ tag and `context` are not what `seal` made
    /// under this key. Why not is not to be known.
    func open(_ content: Span<UInt8>, context: Span<UInt8>) -> [UInt8]? {
        guard content.count >= Self.nonceBytes + Self.tagBytes else { return nil }
        let end = content.count - Self.tagBytes
        // Deciphered in place: a copy is made faster than an array that is yet to be filled.
        var plaintext = content.extracting(Self.nonceBytes..<end)
            .withUnsafeBufferPointer { Array($0) }
        let isAuthentic =
            start(opening: content, tagAt: end)
            && opening.update(nil, context)
            && opening.update(&plaintext)
            && opening.finish()
        guard isAuthentic else {
            wipe(&plaintext)
            return nil
        }
        return plaintext
    }

    private func start(opening content: Span<UInt8>, tagAt end: Int) -> Bool {
        content.withUnsafeBufferPointer { content in
            guard let start = content.baseAddress else { return false }
            return EVP_DecryptInit_ex2(opening.pointer, nil, nil, start, nil) == 1
                && EVP_CIPHER_CTX_ctrl(
                    opening.pointer, EVP_CTRL_AEAD_SET_TAG, Int32(Self.tagBytes),
                    UnsafeMutableRawPointer(mutating: start + end)) == 1
        }
    }
}

/// A call of OpenSSL's that failed without a fault in the message: no memory, no entropy.
struct OpenSSLFault: Error, Equatable {
    let call: StaticString

    static func == (one: OpenSSLFault, other: OpenSSLFault) -> Bool {
        one.call.description == other.call.description
    }
}

/// One EVP_CIPHER_CTX with its key set.
private final class Context {
    let pointer: OpaquePointer

    init() throws(OpenSSLFault) {
        guard let pointer = EVP_CIPHER_CTX_new() else {
            throw OpenSSLFault(call: "EVP_CIPHER_CTX_new")
        }
        self.pointer = pointer
    }

    deinit {
        EVP_CIPHER_CTX_free(pointer)
    }

    func set(_ key: Secret, forSealing: Bool) throws(OpenSSLFault) {
        let isSet = key.withBytes { key in
            key.withUnsafeBufferPointer { key in
                EVP_CipherInit_ex2(
                    pointer, EVP_aes_256_gcm(), key.baseAddress, nil, forSealing ? 1 : 0, nil) == 1
            }
        }
        guard isSet else { throw OpenSSLFault(call: "EVP_CipherInit_ex2") }
    }

    /// Runs bytes through; without a place for output they are additional authenticated data.
    func update(_ output: UnsafeMutablePointer<UInt8>?, _ bytes: Span<UInt8>) -> Bool {
        // No bytes and no place for them means "finish" to some ciphers.
        if bytes.isEmpty { return true }
        return bytes.withUnsafeBufferPointer { bytes in
            var count: Int32 = 0
            return EVP_CipherUpdate(pointer, output, &count, bytes.baseAddress, Int32(bytes.count))
                == 1 && count == bytes.count
        }
    }

    /// Runs bytes through in place.
    func update(_ bytes: inout [UInt8]) -> Bool {
        bytes.withUnsafeMutableBufferPointer { bytes in
            update(bytes.baseAddress, UnsafeBufferPointer(bytes).span)
        }
    }

    /// Ends the message: computes the tag, or compares it.
    func finish() -> Bool {
        // GCM writes nothing here, but OpenSSL wants a place where it could.
        var nothing: UInt8 = 0
        var count: Int32 = 0
        return EVP_CipherFinal_ex(pointer, &nothing, &count) == 1
    }
}

/// Bytes from OpenSSL's generator, which seeds itself from the kernel.
enum Random {
    static func bytes(_ count: Int) throws(OpenSSLFault) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        guard RAND_bytes(&bytes, Int32(count)) == 1 else { throw OpenSSLFault(call: "RAND_bytes") }
        return bytes
    }
}

enum Digest {
    /// SHA-256 (FIPS 180-4).
    static func sha256(_ bytes: Span<UInt8>) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        let isDone = bytes.withUnsafeBufferPointer {
            EVP_Digest($0.baseAddress, $0.count, &digest, nil, EVP_sha256(), nil) == 1
        }
        precondition(isDone, "SHA-256 needs no resource that can run out but memory")
        return digest
    }

    /// HMAC-SHA-256 (RFC 2104).
    static func hmac(_ key: Secret, _ bytes: Span<UInt8>) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        let isDone = key.withBytes { key in
            key.withUnsafeBufferPointer { key in
                bytes.withUnsafeBufferPointer {
                    HMAC(
                        EVP_sha256(), key.baseAddress, Int32(key.count), $0.baseAddress, $0.count,
                        &digest, nil) != nil
                }
            }
        }
        precondition(isDone, "HMAC needs no resource that can run out but memory")
        return digest
    }
}
