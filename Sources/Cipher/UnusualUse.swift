import EventLoop
import Logging
import RateLimit

/// Tells the log of use that no chat causes: bursts of opens, and many contents that do not open.
/// Somebody may be copying the store, or trying what opens.
struct UnusualUse {
    struct Limits {
        /// Opens in a minute. A person's search opens 50,000 at most.
        var opened = 200_000
        /// Contents in a minute that are not authentic.
        var refused = 200
    }

    private static let minute = Duration.seconds(60)

    private let limits: Limits
    private let log: RateLimitedLog
    private var end: MonotonicTime?
    private var opened = 0
    private var refused = 0
    /// Whether a line was written about each in this minute.
    private var hasTold = (opened: false, refused: false)

    init(limits: Limits = Limits(), log: RateLimitedLog) {
        self.limits = limits
        self.log = log
    }

    /// Counts the opens of one request.
    mutating func count(opened: Int, refused: Int, at now: MonotonicTime) {
        if end.map({ $0 <= now }) ?? true {
            (end, self.opened, self.refused) = (now + Self.minute, 0, 0)
            hasTold = (false, false)
        }
        self.opened += opened
        self.refused += refused
        if !hasTold.opened, self.opened > limits.opened {
            hasTold.opened = true
            log.log(
                .warning, "unusually many contents are opened",
                metadata: ["withinAMinute": "\(self.opened)"])
        }
        if !hasTold.refused, self.refused > limits.refused {
            hasTold.refused = true
            log.log(
                .warning, "unusually many contents do not open",
                metadata: ["withinAMinute": "\(self.refused)"])
        }
    }
}
