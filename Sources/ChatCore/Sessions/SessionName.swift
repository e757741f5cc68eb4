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
}

/// The lifetime of today. It also limits sessions that began when `--session-days` was larger.
struct SessionLifetime: Sendable {
    let seconds: Int64

    init(seconds: Int64) {
        self.seconds = seconds
    }

    init(days: Int) {
        self.init(seconds: Int64(days) * 86_400)
    }

    /// - Parameters:
    ///   - name: Nil for a name that cannot be read, which belongs to no session.
    ///   - now: Seconds since 1970.
    func isOver(_ name: SessionName?, at now: Int64) -> Bool {
        guard let name else { return true }
        let (end, overflows) = name.issuedAt.addingReportingOverflow(seconds)
        return now >= (overflows ? name.expiresAt : min(name.expiresAt, end))
    }
}
