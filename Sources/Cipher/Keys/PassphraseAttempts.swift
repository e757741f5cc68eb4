import EventLoop

/// The pauses after wrong passphrases: each is twice as long as the one before. One passphrase is
/// tried at a time, and none during a pause.
struct PassphraseAttempts {
    static let firstPause = Duration.milliseconds(250)
    static let pauseMax = Duration.seconds(60)

    private var isTrying = false
    private var nextPause = firstPause
    private var pauseEnd: MonotonicTime?

    /// Returns false while another passphrase is being tried.
    mutating func begin() -> Bool {
        if isTrying { return false }
        isTrying = true
        return true
    }

    mutating func end() { (isTrying, pauseEnd) = (false, nil) }

    /// Returns the seconds until the next passphrase is taken, rounded up; nil outside a pause.
    func secondsLeft(at now: MonotonicTime) -> Int64? {
        pauseEnd.map { max(1, ($0 - now + .nanoseconds(999_999_999)).components.seconds) }
    }

    mutating func succeeded() { nextPause = Self.firstPause }

    /// Returns the pause before the answer to a wrong passphrase.
    mutating func failed(at now: MonotonicTime) -> Duration {
        pauseEnd = now + nextPause
        defer { nextPause = min(nextPause * 2, Self.pauseMax) }
        return nextPause
    }
}
