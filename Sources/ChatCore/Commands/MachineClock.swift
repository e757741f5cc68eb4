import Chat
import Program

/// The time of this machine's clock. It is nil while the clock has not been set.
enum MachineClock {
    private static let millisecondsPerDay: Int64 = 86_400_000

    /// In milliseconds since 1970; nil before it has been set.
    static var now: Int64? {
        let clock = WallClock.milliseconds
        return MessageTime.isSet(clock) ? clock : nil
    }

    /// The latest time that a message may have. The clock may be a day behind.
    static var latest: Int64? { now.map { $0 + millisecondsPerDay } }
}
