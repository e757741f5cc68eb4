package import Cryptography

/// A key that both sides were given before they met (RFC 8446 §4.2.11), and its public name.
package struct PreSharedKey: Sendable {
    package static let keyBytes = 32

    let identity: [UInt8]
    let key: Secret

    /// - Parameters:
    ///   - identity: Travels in the clear, and tells the server which key is meant.
    ///   - key: 32 random bytes.
    package init(identity: String, key: Secret) {
        precondition(key.count == Self.keyBytes, "a pre-shared key has 32 bytes")
        self.identity = Array(identity.utf8)
        self.key = key
    }
}
