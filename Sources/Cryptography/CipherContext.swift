internal import CLinux
internal import COpenSSL

/// One EVP_CIPHER_CTX of an AEAD cipher with its key set, for one direction. The expanded key is in
/// locked memory (`OpenSSL.start`), and freeing it wipes the key. Any cipher with OpenSSL's AEAD
/// controls can use it.
final class CipherContext {
    enum Direction: Int32 {
        case decrypting = 0
        case encrypting = 1
    }

    private let pointer: OpaquePointer

    init(
        _ cipher: OpaquePointer, key: Secret, direction: Direction
    ) throws(OpenSSLFault) {
        clinux_begin_locked()
        defer { clinux_end_locked() }
        guard let pointer = EVP_CIPHER_CTX_new() else {
            throw OpenSSLFault(call: "EVP_CIPHER_CTX_new")
        }
        self.pointer = pointer
        let isSet = key.withBytes { key in
            key.withUnsafeBufferPointer { key in
                EVP_CipherInit_ex2(
                    pointer, cipher, key.baseAddress, nil, direction.rawValue, nil) == 1
            }
        }
        guard isSet else { throw OpenSSLFault(call: "EVP_CipherInit_ex2") }
    }

    deinit {
        EVP_CIPHER_CTX_free(pointer)
    }

    /// Starts a message under the same key and direction.
    func begin(nonce: UnsafePointer<UInt8>) -> Bool {
        let keepsDirection: Int32 = -1
        return EVP_CipherInit_ex2(pointer, nil, nil, nonce, keepsDirection, nil) == 1
    }

    /// Passes bytes through the cipher; without an output they are additional authenticated data.
    func update(_ output: UnsafeMutablePointer<UInt8>?, _ bytes: Span<UInt8>) -> Bool {
        // Some ciphers read an empty input without an output as the end of the message.
        if bytes.isEmpty { return true }
        return bytes.withUnsafeBufferPointer { bytes in
            var count: Int32 = 0
            return EVP_CipherUpdate(pointer, output, &count, bytes.baseAddress, Int32(bytes.count))
                == 1 && count == bytes.count
        }
    }

    /// Passes bytes through the cipher in place.
    func update(_ bytes: inout [UInt8]) -> Bool {
        bytes.withUnsafeMutableBufferPointer { bytes in
            update(bytes.baseAddress, UnsafeBufferPointer(bytes).span)
        }
    }

    /// Ends the message: computes the tag, or compares it.
    func finish() -> Bool {
        // An AEAD cipher writes nothing here, but OpenSSL wants a place to write to.
        var nothing: UInt8 = 0
        var count: Int32 = 0
        return EVP_CipherFinal_ex(pointer, &nothing, &count) == 1
    }

    /// Copies the tag of the message that has ended.
    func readTag(into tag: UnsafeMutablePointer<UInt8>, count: Int) -> Bool {
        EVP_CIPHER_CTX_ctrl(pointer, EVP_CTRL_AEAD_GET_TAG, Int32(count), tag) == 1
    }

    /// Sets the tag that `finish` compares. OpenSSL copies it and never writes to it.
    func expectTag(_ tag: UnsafePointer<UInt8>, count: Int) -> Bool {
        EVP_CIPHER_CTX_ctrl(
            pointer, EVP_CTRL_AEAD_SET_TAG, Int32(count), UnsafeMutableRawPointer(mutating: tag))
            == 1
    }
}
