package import EventLoop

/// Prepares a new connection for its first request within the deadline. It may add a filter to the
/// socket, as TLS does, and nothing else here knows of it.
package typealias Handshake = @Sendable (Socket, MonotonicTime?) async throws(SocketFault) -> Void

/// Spreads handshakes over the loop's turns. One costs as much as a hundred polls, and strangers
/// may begin hundreds at once. Established connections have their turn between them.
final class HandshakeTurns {
    private static let countPerTurnMax = 4

    private var turn = MonotonicTime(nanoseconds: 0)
    private var count = 0

    /// Returns whether another one may begin in the turn of the loop that began at this time.
    func begins(at now: MonotonicTime) -> Bool {
        if turn != now { (turn, count) = (now, 0) }
        guard count < Self.countPerTurnMax else { return false }
        count += 1
        return true
    }
}
