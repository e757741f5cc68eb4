import Chat
import Program

/// What this machine's clock says, if it can be believed.
enum MachineClock {
    private static let millisecondsPerDay: Int64 = 86_400_000

    /// In milliseconds since 1970; nil before it has been set.
    static var now: Int64? {
        let clock = WallClock.milliseconds
        return MessageTime.isSet(clock) ? clock : nil
    }

    /// What is later than this is dated in the future, be the clock a day behind.
    static var latest: Int64? { now.map { $0 + millisecondsPerDay } }
}
