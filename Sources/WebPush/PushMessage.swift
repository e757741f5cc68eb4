package import Cryptography
internal import Encoding

/// The keys of a subscription, which its browser made (Push API §8).
package struct SubscriptionKeys: Sendable, Equatable {
    package static let authenticationBytes = 16

    /// The uncompressed point of the browser's P-256 key, 65 bytes.
    package let publicKey: [UInt8]
    /// The authentication secret, 16 bytes.
    package let authentication: [UInt8]

    /// Nil unless both have their length and the first is a point of the curve.
    package init?(publicKey: [UInt8], authentication: [UInt8]) {
        guard authentication.count == Self.authenticationBytes,
            P256KeyPair.isPublicKey(publicKey.span)
        else { return nil }
        self.publicKey = publicKey
        self.authentication = authentication
    }
}

/// Encrypts a push message for one browser (RFC 8291), as one record of aes128gcm (RFC 8188).
package enum PushMessage {
    /// Every message is padded to this size, so that its length says nothing about the name in it.
    package static let paddedBytes = 512
    /// The longest content, with its delimiter in the padded size.
    package static let contentBytesMax = paddedBytes - 1
    /// The size of a record as the header states it. One record holds all.
    private static let recordBytes: UInt32 = 4_096

    /// Returns the body of the request to the push service.
    ///
    /// - Throws: `OpenSSLFault` if the library ran out of memory or entropy.
    package static func seal(
        _ content: Span<UInt8>, for keys: SubscriptionKeys
    ) throws(OpenSSLFault) -> [UInt8] {
        try seal(
            content, for: keys, paddedTo: paddedBytes, sender: try P256KeyPair.make(),
            salt: try RandomBytes.make(16))
    }

    /// Seals with a given key pair and salt. For known answers only: both must be fresh.
    package static func seal(
        _ content: Span<UInt8>, for keys: SubscriptionKeys, paddedTo size: Int,
        sender: P256KeyPair, salt: [UInt8]
    ) throws(OpenSSLFault) -> [UInt8] {
        precondition(content.count < size, "the content leaves no byte for its delimiter")
        guard let shared = sender.sharedSecret(with: keys.publicKey.span) else {
            throw OpenSSLFault(call: "EVP_PKEY_derive")
        }
        // §3.4: the secret is bound to both public keys.
        let input = HKDFSHA256.key(
            from: shared, salt: keys.authentication.span,
            info: (info("WebPush: info") + keys.publicKey + sender.publicKey).span, count: 32)
        let key = HKDFSHA256.key(
            from: input, salt: salt.span, info: info("Content-Encoding: aes128gcm").span,
            count: AES128GCM.keyBytes)
        let nonce = HKDFSHA256.key(
            from: input, salt: salt.span, info: info("Content-Encoding: nonce").span,
            count: AES128GCM.nonceBytes)
        var record = [UInt8](repeating: 0, count: size)
        for index in content.indices { record[index] = content[index] }
        // The delimiter of the last record (RFC 8188 §2); zeros follow it.
        record[content.count] = 2
        let sealed = try nonce.withBytes { nonce throws(OpenSSLFault) in
            try AES128GCM.seal(record.span, key: key, nonce: nonce)
        }
        return salt + bigEndian(recordBytes) + [UInt8(sender.publicKey.count)]
            + sender.publicKey + sealed
    }

    /// The text and the zero byte that ends it (RFC 8291 §3.3).
    private static func info(_ text: StaticString) -> [UInt8] {
        text.withUTF8Buffer { Array($0) } + [0]
    }

    private static func bigEndian(_ number: UInt32) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }
}
