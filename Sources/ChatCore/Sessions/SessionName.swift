import Encoding

/// Tells a session from the user's other sessions, but for those that began in the same second. A
/// push subscription keeps it, and is valid as long as the session.
struct SessionName: Equatable {
    /// Seconds since 1970.
    let issuedAt: Int64
    let expiresAt: Int64

    init(issuedAt: Int64, expiresAt: Int64) {
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
    }

    /// Reads what `text` writes. Nil if no session has this name.
    init?(_ text: ByteText) {
        let parts = String(text.string).split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let issuedAt = Int64(parts[0]), let expiresAt = Int64(parts[1])
        else { return nil }
        self.init(issuedAt: issuedAt, expiresAt: expiresAt)
    }

    var text: ByteText { ByteText("\(issuedAt)-\(expiresAt)") }

    /// Returns the expiry in seconds since 1970. The lifetime of today also limits sessions that
    /// began when `--session-days` was larger.
    func expiry(lifetimeMax seconds: Int64) -> Int64 {
        let (end, overflows) = issuedAt.addingReportingOverflow(seconds)
        return overflows ? expiresAt : min(expiresAt, end)
    }
}
