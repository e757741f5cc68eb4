import Chat
import EventLoop

/// The pauses of one lane after its failures, each twice as long as the one before.
///
/// Calls fail at once during a pause, so that no caller waits for the next failure. The type does
/// no I/O, and callers pass the time.
struct Backoff {
    private enum State {
        case trying
        case pausing(until: MonotonicTime, after: VaultFault)
    }

    private let pauseMin: Duration
    private let pauseMax: Duration
    private var nextPause: Duration
    private var state = State.trying

    init(_ limits: CipherClientLimits) {
        pauseMin = limits.pauseMin
        pauseMax = limits.pauseMax
        nextPause = pauseMin
    }

    /// Returns the fault that a call fails with at this time, or nil if it may go out.
    func fault(at now: MonotonicTime) -> VaultFault? {
        switch state {
        case .pausing(let end, let fault) where now < end: fault
        case .pausing, .trying: nil
        }
    }

    /// Begins a pause. Failures of batches in flight together count as one.
    mutating func failed(_ fault: VaultFault, at now: MonotonicTime) {
        if self.fault(at: now) != nil { return }
        state = .pausing(until: now + nextPause, after: fault)
        nextPause = min(nextPause * 2, pauseMax)
    }

    /// Ends the pause and resets the length of the next one.
    mutating func succeeded() {
        state = .trying
        nextPause = pauseMin
    }

    /// Ends the pause. The length of the next one stays, since a probe proves nothing for this
    /// lane.
    mutating func probed() {
        state = .trying
    }
}
