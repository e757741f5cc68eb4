internal import COpenSSL

/// A key pair on the curve P-256 (NIST SP 800-186 §3.2.1.3), for ECDH (SP 800-56A) and ECDSA
/// (FIPS 186-5).
///
/// Public keys are uncompressed points of 65 bytes (SEC 1 §2.3.3), private keys 32 bytes, the
/// highest first.
package final class P256KeyPair {
    package static let publicKeyBytes = 65
    package static let privateKeyBytes = 32

    /// The uncompressed point.
    package let publicKey: [UInt8]
    private let pointer: OpaquePointer

    /// Makes a fresh pair.
    package static func make() throws(OpenSSLFault) -> P256KeyPair {
        guard let context = EVP_PKEY_CTX_new_id(EVP_PKEY_EC, nil) else {
            throw OpenSSLFault(call: "EVP_PKEY_CTX_new_id")
        }
        defer { EVP_PKEY_CTX_free(context) }
        var pointer: OpaquePointer?
        guard EVP_PKEY_keygen_init(context) == 1,
            EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, NID_X9_62_prime256v1) == 1,
            EVP_PKEY_keygen(context, &pointer) == 1, let pointer
        else { throw OpenSSLFault(call: "EVP_PKEY_keygen") }
        return try P256KeyPair(owning: pointer)
    }

    /// Restores a pair from its private key. Nil if the bytes are no private key of the curve.
    package convenience init?(privateKey: Secret) {
        guard privateKey.count == Self.privateKeyBytes else { return nil }
        let pointer = privateKey.withBytes { key -> OpaquePointer? in
            guard Self.isBelowOrder(key) else { return nil }
            var encoded = Self.privateKeyStart
            // All at once: growing would leave a copy of the key behind.
            encoded.reserveCapacity(Self.privateKeyStart.count + key.count + Self.curve.count)
            for index in key.indices { encoded.append(key[index]) }
            encoded += Self.curve
            defer { wipe(&encoded) }
            return encoded.withUnsafeBufferPointer { encoded in
                var start = encoded.baseAddress
                return d2i_PrivateKey(EVP_PKEY_EC, nil, &start, encoded.count)
            }
        }
        guard let pointer else {
            ERR_clear_error()
            return nil
        }
        do { try self.init(owning: pointer) } catch { return nil }
    }

    private init(owning pointer: OpaquePointer) throws(OpenSSLFault) {
        self.pointer = pointer
        var bytes: UnsafeMutablePointer<UInt8>?
        let count = EVP_PKEY_get1_encoded_public_key(pointer, &bytes)
        guard count == Self.publicKeyBytes, let bytes else {
            publicKey = []
            throw OpenSSLFault(call: "EVP_PKEY_get1_encoded_public_key")
        }
        publicKey = Array(UnsafeBufferPointer(start: bytes, count: count))
        CRYPTO_free(bytes, nil, 0)
    }

    deinit {
        EVP_PKEY_free(pointer)
    }

    /// Returns the private key's 32 bytes.
    package func privateKey() throws(OpenSSLFault) -> Secret {
        var number: OpaquePointer?
        guard EVP_PKEY_get_bn_param(pointer, OSSL_PKEY_PARAM_PRIV_KEY, &number) == 1 else {
            throw OpenSSLFault(call: "EVP_PKEY_get_bn_param")
        }
        defer { BN_clear_free(number) }
        var bytes = [UInt8](repeating: 0, count: Self.privateKeyBytes)
        guard BN_bn2binpad(number, &bytes, Int32(bytes.count)) == Int32(bytes.count) else {
            throw OpenSSLFault(call: "BN_bn2binpad")
        }
        return Secret(taking: &bytes)
    }

    /// Returns the 32 bytes of the shared secret (SP 800-56A §5.7.1.2). Nil if the peer's key is no
    /// point of the curve.
    package func sharedSecret(with peer: Span<UInt8>) -> Secret? {
        guard let peer = Self.point(peer) else { return nil }
        defer { EVP_PKEY_free(peer) }
        guard let context = EVP_PKEY_CTX_new(pointer, nil) else { return nil }
        defer { EVP_PKEY_CTX_free(context) }
        var bytes = [UInt8](repeating: 0, count: 32)
        var count = bytes.count
        guard EVP_PKEY_derive_init(context) == 1,
            EVP_PKEY_derive_set_peer(context, peer) == 1,
            EVP_PKEY_derive(context, &bytes, &count) == 1, count == bytes.count
        else {
            wipe(&bytes)
            ERR_clear_error()
            return nil
        }
        return Secret(taking: &bytes)
    }

    /// Returns whether the bytes are an uncompressed point of the curve.
    package static func isPublicKey(_ bytes: Span<UInt8>) -> Bool {
        guard let point = point(bytes) else { return false }
        EVP_PKEY_free(point)
        return true
    }

    /// Returns the signature of the message's SHA-256 as r ‖ s, 64 bytes (RFC 7518 §3.4).
    package func signature(of message: Span<UInt8>) throws(OpenSSLFault) -> [UInt8] {
        let encoded = try encodedSignature(of: message)
        let parts = encoded.withUnsafeBufferPointer { encoded in
            var start = encoded.baseAddress
            return d2i_ECDSA_SIG(nil, &start, encoded.count)
        }
        guard let parts else { throw OpenSSLFault(call: "d2i_ECDSA_SIG") }
        defer { ECDSA_SIG_free(parts) }
        var signature = [UInt8](repeating: 0, count: 64)
        let isDone = signature.withUnsafeMutableBufferPointer { signature in
            guard let start = signature.baseAddress else { return false }
            return BN_bn2binpad(ECDSA_SIG_get0_r(parts), start, 32) == 32
                && BN_bn2binpad(ECDSA_SIG_get0_s(parts), start + 32, 32) == 32
        }
        guard isDone else { throw OpenSSLFault(call: "BN_bn2binpad") }
        return signature
    }

    /// Returns the signature in DER (RFC 3279 §2.2.3).
    private func encodedSignature(of message: Span<UInt8>) throws(OpenSSLFault) -> [UInt8] {
        guard let context = EVP_MD_CTX_new() else { throw OpenSSLFault(call: "EVP_MD_CTX_new") }
        defer { EVP_MD_CTX_free(context) }
        var encoded = [UInt8](repeating: 0, count: Int(EVP_PKEY_get_size(pointer)))
        var count = encoded.count
        let isDone = message.withUnsafeBufferPointer { message in
            EVP_DigestSignInit(context, nil, EVP_sha256(), nil, pointer) == 1
                && EVP_DigestSign(context, &encoded, &count, message.baseAddress, message.count)
                    == 1
        }
        guard isDone else { throw OpenSSLFault(call: "EVP_DigestSign") }
        encoded.removeLast(encoded.count - count)
        return encoded
    }

    /// OpenSSL takes a private key of any size and reduces it.
    private static func isBelowOrder(_ key: Span<UInt8>) -> Bool {
        for index in key.indices where key[index] != order[index] {
            return key[index] < order[index]
        }
        return false
    }

    /// The order of the curve's base point (SP 800-186 §3.2.1.3).
    private static let order: [UInt8] = [
        0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63,
        0x25, 0x51,
    ]

    private static func point(_ bytes: Span<UInt8>) -> OpaquePointer? {
        guard bytes.count == publicKeyBytes, bytes[0] == 4 else { return nil }
        var encoded = publicKeyStart
        for index in bytes.indices { encoded.append(bytes[index]) }
        let point = encoded.withUnsafeBufferPointer { encoded in
            var start = encoded.baseAddress
            return d2i_PUBKEY(nil, &start, encoded.count)
        }
        if point == nil { ERR_clear_error() }
        return point
    }

    /// The DER of a SubjectPublicKeyInfo up to the point (RFC 5480 §2).
    private static let publicKeyStart: [UInt8] = [
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08,
        0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
    ]

    /// The DER of an ECPrivateKey (RFC 5915 §3), up to the private key and after it.
    private static let privateKeyStart: [UInt8] = [0x30, 0x31, 0x02, 0x01, 0x01, 0x04, 0x20]
    private static let curve: [UInt8] = [
        0xa0, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07,
    ]
}
