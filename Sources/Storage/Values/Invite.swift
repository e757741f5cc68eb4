package import Encoding

/// An invitation, which lets one person register.
package struct Invite: Sendable, Equatable {
    /// The digest of the invitation's code. The store does not hold the code.
    package let digest: ByteText
    /// The time at which the invitation expires, in milliseconds since 1970.
    package let expiresAt: Int64

    package init(digest: ByteText, expiresAt: Int64) {
        self.digest = digest
        self.expiresAt = expiresAt
    }
}
