/// Spreads the steps of handshakes over the loop's turns. One costs as much as a hundred polls, and
/// strangers may send hundreds at once. Established connections have their turn between them.
final class HandshakeTurns {
    private static let countPerTurnMax = 4

    private var turn = MonotonicTime(nanoseconds: 0)
    private var count = 0

    /// Returns whether another step may run in the turn of the loop that began at this time.
    func begins(at now: MonotonicTime) -> Bool {
        if turn != now { (turn, count) = (now, 0) }
        guard count < Self.countPerTurnMax else { return false }
        count += 1
        return true
    }
}
