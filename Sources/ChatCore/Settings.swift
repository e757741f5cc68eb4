import Chat
import HTTP
import Program

/// All settings, validated.
struct Settings: Sendable {
    let host: String
    let port: UInt16
    let data: String
    /// Nil if the control socket is in the data folder.
    let ownControlSocket: ControlSocket?
    /// Nil if the store is in the data folder.
    var database: DatabaseSettings?
    let publicFolder: String
    let cipher: CipherAddress
    let cipherSecret: SharedSecret?
    let cipherSecretFile: String?
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
    /// The photos of all users together, in bytes. 0 turns photos off.
    let photoBytesMax: Int
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
    /// The time from which a request is logged as slow; nil logs none.
    let slowTimeMin: Duration?
}

extension Settings {
    /// The control socket. A server with a database has none, unless it is named.
    var controlSocket: ControlSocket? {
        ownControlSocket ?? (database == nil ? ControlSocket(folder: data) : nil)
    }
}
