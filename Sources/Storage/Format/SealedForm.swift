package import Encoding

/// The forms of contents and passwords that a store may hold: ciphertexts and hashes.
package enum SealedForm {
    /// The length of a nonce of 12 bytes and a tag of 16. The ciphertext of an empty text has no
    /// more.
    private static let sealedBytesMin = 28
    private static let sealedCharactersMin = 40

    /// Returns whether the content has the form of Cipher's ciphertexts: `v<key version>:` and base
    /// 64 of nonce, ciphertext and tag.
    package static func isSealed(_ content: ByteText) -> Bool {
        guard let prefix = KeyVersionPrefix(of: content.utf8.span) else { return false }
        return isCiphertext(content.droppingFirst(prefix.byteCount))
    }

    /// Returns whether the content has the form of the earlier system's ciphertexts, which lack the
    /// key version.
    package static func isCiphertext(_ content: ByteText) -> Bool {
        guard content.utf8Count >= sealedCharactersMin,
            let bytes = Base64.decode(content.utf8.span)
        else { return false }
        return bytes.count >= sealedBytesMin
    }

    /// Returns whether base 64 of any length follows the key version.
    static func isBase64(afterVersion content: ByteText) -> Bool {
        guard let prefix = KeyVersionPrefix(of: content.utf8.span) else { return false }
        return Base64.decode(content.droppingFirst(prefix.byteCount).utf8.span) != nil
    }

    /// Returns whether a content with these first bytes may be a ciphertext of Cipher.
    static func beginsSealed(_ bytes: Span<UInt8>) -> Bool {
        guard let start = KeyVersionPrefix(of: bytes)?.byteCount,
            bytes.count - start >= sealedCharactersMin
        else { return false }
        return bytes.extracting(start..<(start + sealedCharactersMin - 1)).indices.allSatisfy {
            isBase64(bytes[start + $0])
        }
    }

    /// Returns whether the password is a bcrypt hash of any prefix that verifies: `$2b$10$` and 53
    /// characters.
    package static func isPasswordHash(_ password: ByteText) -> Bool {
        let bytes = Array(password.utf8)
        guard bytes.count == 60, bytes.starts(with: "$2".utf8), "aby".utf8.contains(bytes[2]),
            bytes[3] == UInt8(ascii: "$"), bytes[6] == UInt8(ascii: "$"),
            let cost = Int(String(decoding: bytes[4...5], as: UTF8.self)), (4...31).contains(cost)
        else { return false }
        return bytes[7...].allSatisfy { isHashCharacter($0) }
    }

    /// Returns a random hash whose password nobody knows.
    package static func unusableHash() -> ByteText {
        let characters = Array(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)
        let random = (0..<53).map { _ in characters[Int.random(in: characters.indices)] }
        return ByteText("$2b$10$" + String(decoding: random, as: UTF8.self))
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func isBase64(_ byte: UInt8) -> Bool {
        isLetterOrDigit(byte) || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "/")
    }

    private static func isHashCharacter(_ byte: UInt8) -> Bool {
        isLetterOrDigit(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "/")
    }
}
