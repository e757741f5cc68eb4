import Chat
import EventLoop

/// After a failure nobody is made to wait for the next one: for a while, twice as long each time,
/// all are told at once.
struct Backoff {
    private let pauseMin: Duration
    private let pauseMax: Duration
    private var next: Duration
    private var pause: (end: MonotonicTime, fault: VaultFault)?

    init(_ limits: CipherClientLimits) {
        pauseMin = limits.pauseMin
        pauseMax = limits.pauseMax
        next = pauseMin
    }

    /// What to tell a caller at that time; nil when it may try.
    func fault(at now: MonotonicTime) -> VaultFault? {
        guard let pause, now < pause.end else { return nil }
        return pause.fault
    }

    /// Failures of what was under way together count as one.
    mutating func failed(_ fault: VaultFault, at now: MonotonicTime) {
        if self.fault(at: now) != nil { return }
        pause = (now + next, fault)
        next = min(next * 2, pauseMax)
    }

    mutating func succeeded() {
        pause = nil
        next = pauseMin
    }

    /// Cipher was reached, but not for what had failed: that may be tried again now.
    mutating func reached() {
        pause = nil
    }
}
