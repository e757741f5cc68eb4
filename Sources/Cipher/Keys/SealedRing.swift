import Cryptography
import Encoding
import Program

/// The bytes of a sealed key ring file: JSON that shows how it is sealed, and nothing of the ring.
///
///     {"format":3,"kdf":"scrypt","n":32768,"r":8,"p":3,"salt":"<base64>",
///     "key":"<base64: the ring key under the passphrase>",
///     "ring":"<base64: a file of format 2 under the ring key>",
///     "sha256":"<64 hex>"}
///
/// Key and ring are each nonce ‖ ciphertext ‖ tag of AES-256-GCM, with a context of their own. A
/// file is valid if and only if it is exactly what `encode` writes. The checksum covers every byte
/// before it, so that damage is told from a wrong passphrase.
struct SealedRing: Sendable {
    /// Twice a plain ring: base64 adds a third.
    static let fileBytesMax = 2 * KeyRingFormat.fileBytesMax

    let salt: [UInt8]
    let wrappedKey: [UInt8]
    let ring: [UInt8]

    private static let saltBytes = 32
    private static let keyContext = Array("Cipher ring key v1".utf8)
    private static let ringContext = Array("Cipher ring v1".utf8)

    /// Returns whether a file's bytes announce a sealed ring.
    static func isSealed(_ bytes: Span<UInt8>) -> Bool {
        var scanner = JSONScanner()
        return scanner.skip("{\"format\":3,", in: bytes)
    }

    /// Reads a file's bytes.
    init(_ bytes: Span<UInt8>) throws(KeyRingFormat.Damage) {
        var scanner = JSONScanner()
        do {
            try scanner.expect(
                "{\"format\":3,\"kdf\":\"scrypt\",\"n\":32768,\"r\":8,\"p\":3,\"salt\":", in: bytes)
            salt = try Self.field(&scanner, bytes)
            try scanner.expect(",\n\"key\":", in: bytes)
            wrappedKey = try Self.field(&scanner, bytes)
            try scanner.expect(",\n\"ring\":", in: bytes)
            ring = try Self.field(&scanner, bytes)
            let end = scanner.offset
            try scanner.expect(",\n\"sha256\":", in: bytes)
            let checksum = try scanner.string(in: bytes)
            try scanner.expect("}\n", in: bytes)
            guard scanner.offset == bytes.count, salt.count == Self.saltBytes,
                checksum == ByteText(Self.checksum(bytes.extracting(0..<end)))
            else {
                throw KeyRingFormat.Damage(
                    offset: end, problem: "its checksum does not match its contents")
            }
        } catch let damage as KeyRingFormat.Damage {
            throw damage
        } catch let fault as JSONFault {
            throw KeyRingFormat.Damage(offset: fault.offset, problem: fault.problem.rawValue)
        } catch {
            preconditionFailure("nothing else is thrown here")
        }
    }

    private static func field(_ scanner: inout JSONScanner, _ bytes: Span<UInt8>) throws -> [UInt8]
    {
        let start = scanner.offset
        let text = try scanner.rawString(in: bytes)
        guard let value = Base64.decode(bytes.extracting(text.inside)) else {
            throw KeyRingFormat.Damage(offset: start, problem: "a value that no ring has")
        }
        return value
    }

    private static func checksum(_ bytes: Span<UInt8>) -> String {
        Hex.encode(SHA256.digest(of: bytes))
    }

    /// Returns the file's bytes for a ring. None of them is secret.
    static func encode(_ ring: KeyRing, by seal: RingSeal) throws(OpenSSLFault) -> [UInt8] {
        var plain = KeyRingFormat.encode(ring)
        defer { wipe(&plain) }
        let sealed = try AES256GCM(key: seal.key).seal(plain.span, context: ringContext.span)
        var text =
            "{\"format\":3,\"kdf\":\"scrypt\",\"n\":\(Scrypt.cost),\"r\":\(Scrypt.blockSize),"
            + "\"p\":\(Scrypt.parallelization),\"salt\":\"\(Base64.encode(seal.salt.span))\",\n"
            + "\"key\":\"\(Base64.encode(seal.wrappedKey.span))\",\n"
            + "\"ring\":\"\(Base64.encode(sealed.span))\""
        let checksum = checksum(Array(text.utf8).span)
        text += ",\n\"sha256\":\"\(checksum)\"}\n"
        return Array(text.utf8)
    }

    /// Returns the seal that the passphrase opens, or nil if it is the wrong one. Blocks as
    /// `Scrypt.key` does.
    func unlock(_ passphrase: Secret) throws(OpenSSLFault) -> RingSeal? {
        let cipher = try AES256GCM(key: try Scrypt.key(from: passphrase, salt: salt.span))
        guard var key = cipher.open(wrappedKey.span, context: Self.keyContext.span) else {
            return nil
        }
        guard key.count == AES256GCM.keyBytes else {
            wipe(&key)
            return nil
        }
        return RingSeal(salt: salt, wrappedKey: wrappedKey, key: Secret(taking: &key))
    }

    /// Returns the plain file inside, or nil if it was sealed under another ring key. The caller
    /// wipes it.
    func open(by seal: RingSeal) throws(OpenSSLFault) -> [UInt8]? {
        try AES256GCM(key: seal.key).open(ring.span, context: Self.ringContext.span)
    }

    /// Returns a seal with a fresh ring key. Blocks as `Scrypt.key` does.
    static func seal(passphrase: Secret) throws(OpenSSLFault) -> RingSeal {
        let salt = try RandomBytes.make(saltBytes)
        var bytes = try RandomBytes.make(AES256GCM.keyBytes)
        let key = Secret(taking: &bytes)
        let cipher = try AES256GCM(key: try Scrypt.key(from: passphrase, salt: salt.span))
        let wrappedKey = try key.withBytes { key throws(OpenSSLFault) in
            try cipher.seal(key, context: keyContext.span)
        }
        return RingSeal(salt: salt, wrappedKey: wrappedKey, key: key)
    }
}

/// The key that a ring's file is sealed under, and the same key under the passphrase. It stays in
/// memory with the ring, so that changes of the ring ask for nothing.
struct RingSeal: Sendable {
    let salt: [UInt8]
    let wrappedKey: [UInt8]
    let key: Secret
}
