import Cryptography
import Program

/// The file with the private key by which push services know this server (RFC 8292): 32 bytes. The
/// first start makes it, for its owner alone. Browsers are subscribed under its public key.
enum PushKey {
    /// - Returns: The key, the pair that it is half of, and whether this start made it.
    static func readOrCreate(
        _ path: String
    ) throws(StartFailure) -> (key: Secret, pair: P256KeyPair, isNew: Bool) {
        let (key, isNew) = try KeyFile.readOrCreate(
            path, count: P256KeyPair.privateKeyBytes,
            otherwise: "is no key of push messages: delete it, and browsers subscribe anew"
        ) { () throws(StartFailure) in try make() }
        guard let pair = P256KeyPair(privateKey: key) else {
            throw StartFailure(
                "\(path) is no key of push messages: delete it, and browsers subscribe anew")
        }
        return (key, pair, isNew)
    }
    /// Replaces the key in the file.
    static func replace(
        _ path: String
    ) throws(StartFailure) -> (key: Secret, pair: P256KeyPair, isNew: Bool) {
        try KeyFile.replace(path) { () throws(StartFailure) in try make() }
        return try readOrCreate(path)
    }

    private static func make() throws(StartFailure) -> [UInt8] {
        do throws(OpenSSLFault) {
            return try P256KeyPair.make().privateKey().withBytes { key in
                key.withUnsafeBufferPointer { Array($0) }
            }
        } catch { throw StartFailure("cannot make a key: \(error)") }
    }
}
