package import Encoding

/// Lets one person register.
package struct Invite: Sendable, Equatable {
    /// Of its code, which the store does not hold.
    package let digest: ByteText
    /// Milliseconds since 1970; from then on it is none.
    package let expiresAt: Int64

    package init(digest: ByteText, expiresAt: Int64) {
        self.digest = digest
        self.expiresAt = expiresAt
    }
}
