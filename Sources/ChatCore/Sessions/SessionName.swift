import Encoding

/// Tells a session from the user's other sessions. A push subscription keeps it, and is valid as
/// long as the session.
struct SessionName: Equatable {
    /// Seconds since 1970.
    let issuedAt: Int64
    let expiresAt: Int64
    /// Tells apart sessions that began in the same second. Earlier versions gave none.
    let id: ByteText?

    init(issuedAt: Int64, expiresAt: Int64, id: ByteText?) {
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.id = id
    }

    /// Reads what `text` writes. Nil if no session has this name.
    init?(_ text: ByteText) {
        let parts = String(text.string).split(
            separator: "-", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count >= 2, let issuedAt = Int64(parts[0]), let expiresAt = Int64(parts[1])
        else { return nil }
        let id = parts.count > 2 ? ByteText(String(parts[2])) : nil
        self.init(issuedAt: issuedAt, expiresAt: expiresAt, id: id)
    }

    var text: ByteText {
        guard let id else { return ByteText("\(issuedAt)-\(expiresAt)") }
        return ByteText("\(issuedAt)-\(expiresAt)-\(id)")
    }

    /// Returns the expiry in seconds since 1970. The lifetime of today also limits sessions that
    /// began when `--session-days` was larger.
    func expiry(lifetimeMax seconds: Int64) -> Int64 {
        let (end, overflows) = issuedAt.addingReportingOverflow(seconds)
        return overflows ? expiresAt : min(expiresAt, end)
    }
}
