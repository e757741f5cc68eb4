import Chat
import Program

/// Everything that can be set, found sound.
struct Settings: Sendable {
    let host: String
    let port: UInt16
    let data: String
    let publicFolder: String
    let cipher: CipherAddress
    let cipherSecret: SharedSecret?
    let sessionKeyFile: String
    let sessionDays: Int
    let allowedOrigins: AllowedOrigins
    let trustedProxies: TrustedProxies
    let accountLimits: AccountLimits
    let quotas: Quotas
    let contentPolicy: String
    /// Nil where the audit trail stands in the log.
    let auditLog: String?
    let auditDays: Int
    /// Whether a takeover seals what has the form of ciphertext and does not open.
    let acceptsPlaintext: Bool
}
