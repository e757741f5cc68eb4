/// The pauses after wrong passphrases: each is twice as long as the one before. One passphrase is
/// tried at a time.
struct PassphraseAttempts {
    static let firstPause = Duration.milliseconds(500)
    static let pauseMax = Duration.seconds(60)

    private var isTrying = false
    private var nextPause = firstPause

    /// Returns false while another passphrase is being tried.
    mutating func begin() -> Bool {
        if isTrying { return false }
        isTrying = true
        return true
    }

    mutating func end() { isTrying = false }

    mutating func succeeded() { nextPause = Self.firstPause }

    /// Returns the pause before the answer to a wrong passphrase.
    mutating func failed() -> Duration {
        defer { nextPause = min(nextPause * 2, Self.pauseMax) }
        return nextPause
    }
}
