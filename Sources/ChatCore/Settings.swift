import Chat
import HTTP
import Program

/// All settings, validated.
struct Settings: Sendable {
    let host: String
    let port: UInt16
    let data: String
    /// Nil if the store is in the data folder.
    var database: DatabaseSettings?
    /// The folder of the control socket, if it is named.
    var namedControlFolder: String?
    let publicFolder: String
    let cipher: CipherAddress
    let cipherSecret: SharedSecret?
    /// Nil if Cipher speaks plain HTTP.
    let cipherHandshake: Handshake?
    /// Nil if the browsers' side is plain HTTP.
    let certificate: Certificate?
    let sessionKeyFile: String
    let sessionDays: Int
    let allowedOrigins: AllowedOrigins
    let trustedProxies: TrustedProxies
    let accountLimits: AccountLimits
    let quotas: Quotas
    /// The largest number of held polls. 0 turns holding off.
    let heldPollsMax: Int
    let contentPolicy: String
    /// Nil where notifications to closed pages are turned off.
    let push: PushSettings?
    /// The path of the audit trail; nil if its lines go to the log.
    let auditLog: String?
    let auditDays: Int
    /// Whether a takeover seals texts that look like ciphertext and do not open.
    let acceptsPlaintext: Bool
    /// Nil where metrics are off.
    let metrics: MetricsAddress?
}

extension Settings {
    /// The folder of the control socket, or nil if there is none.
    var controlFolder: String? {
        namedControlFolder ?? (database == nil ? data : nil)
    }
}
