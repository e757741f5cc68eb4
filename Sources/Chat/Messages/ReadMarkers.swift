package import EventLoop
internal import RateLimit
package import Storage

/// Read markers: the times up to which users have read. A marker never moves back.
///
/// A store may lose the markers of the last 30 s in a crash. Nothing else may be lost.
package actor ReadMarkers {
    package nonisolated let loop: EventLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.asUnownedSerialExecutor()
    }

    /// The largest number of moves at once, and the number that a user regains each second. Each
    /// move wakes the polls of two people. A few further ones wait.
    static let movesMax = 300
    static let movesPerSecond = 30
    /// The largest number of a user's requests that wait, each with its connection. A further one
    /// is refused.
    static let waitingPerUserMax = 8

    /// A move that waits for a token. It answers all requests for its row that came meanwhile.
    private final class WaitingMove {
        var time: Int64
        var joined: [Waiter<Result<Bool, any Error>>] = []

        init(upTo time: Int64) {
            self.time = time
        }
    }

    /// The marker of one user in the conversation with another.
    private struct Row: Hashable {
        let caller: UserID
        let friend: UserID
    }

    private let store: any ChatStore
    private let now: @Sendable () -> MonotonicTime
    private var moves: TokenBuckets<UserID>?
    private var waitingMoves: [Row: WaitingMove] = [:]
    /// The number of each user's requests that wait.
    private(set) var waitingCounts: [UserID: Int] = [:]

    /// - Parameter now: The time that tokens are regained by.
    package init(
        store: any ChatStore, quotas: Quotas, loop: EventLoop,
        now: @escaping @Sendable () -> MonotonicTime = { .current() }
    ) {
        self.store = store
        self.loop = loop
        self.now = now
        guard quotas.sendsPerMinute > 0 else { return }
        moves = TokenBuckets(
            capacity: Double(Self.movesMax), perSecond: Double(Self.movesPerSecond),
            keysMax: Quotas.usersMax)
    }

    /// Returns the users whose markers had to wait lately.
    package var limited: [LimitedUse] { LimitedUse.list(moves, .tooManyMarkers, at: now()) }

    /// Marks the conversation with a friend as read up to the newest message at or before a time,
    /// in milliseconds since 1970. It changes nothing if the caller has read that far already.
    /// Returns whether the marker moved.
    ///
    /// - Throws: `ChatFault.userNotFound`; `ChatFault.notFriends`; `ChatFault.tooManyAttempts` if
    ///   too many requests of the caller wait already.
    @discardableResult
    package func markRead(
        _ friend: UserID, by caller: UserID, upTo time: Int64
    ) async throws -> Bool {
        let row = Row(caller: caller, friend: friend)
        guard let wait = moves?.take(for: caller, at: now()) else {
            return try await moveWithToken(row, upTo: time)
        }
        guard waitingCounts[caller, default: 0] < Self.waitingPerUserMax else {
            throw ChatFault.tooManyAttempts(after: wait)
        }
        waitingCounts[caller, default: 0] += 1
        defer { endWait(of: caller) }
        // A request that would move nothing needs no token.
        guard try await isBehind(row, time) else { return false }
        return try await waitAndMove(row, upTo: time)
    }

    private func endWait(of caller: UserID) {
        let left = waitingCounts[caller, default: 1] - 1
        waitingCounts[caller] = left > 0 ? left : nil
    }

    /// Moves the marker once there is a token. Requests for the same row wait for one move, which
    /// goes as far as the farthest of them.
    private func waitAndMove(_ row: Row, upTo time: Int64) async throws -> Bool {
        if let move = waitingMoves[row] {
            move.time = max(move.time, time)
            let waiter = Waiter<Result<Bool, any Error>>()
            move.joined.append(waiter)
            return try await waiter.wait().get()
        }
        let move = WaitingMove(upTo: time)
        waitingMoves[row] = move
        let answer: Result<Bool, any Error>
        do {
            try await waitForToken(of: row)
            answer = .success(try await moveWithToken(row, upTo: move.time))
        } catch {
            answer = .failure(error)
        }
        for waiter in move.joined { waiter.resume(returning: answer) }
        return try answer.get()
    }

    /// Takes a token. A request that comes later joins no more: it may see newer messages.
    private func waitForToken(of row: Row) async throws {
        defer { waitingMoves[row] = nil }
        while let wait = moves?.take(for: row.caller, at: now()) {
            try await loop.sleep(for: wait)
        }
    }

    /// Moves the marker, for which a token was taken. A marker that does not move gives it back.
    /// Returns whether it moved.
    private func moveWithToken(_ row: Row, upTo time: Int64) async throws -> Bool {
        var hasMoved = false
        defer { if !hasMoved { moves?.giveBack(for: row.caller) } }
        hasMoved = try await store.commit(reading: Self.needs(row, time)) { facts in
            guard let newest = try Self.newest(row, upTo: time, facts) else { return (nil, false) }
            return (.messagesRead(by: row.caller, with: row.friend, upTo: newest), true)
        }
        return hasMoved
    }

    /// Returns whether the marker would move.
    private func isBehind(_ row: Row, _ time: Int64) async throws -> Bool {
        try await store.commit(reading: Self.needs(row, time)) { facts in
            (nil, try Self.newest(row, upTo: time, facts) != nil)
        }
    }

    private static func needs(_ row: Row, _ time: Int64) -> [Fact] {
        [
            .userID(row.friend), .contact(of: row.caller, row.friend),
            .readUpTo(by: row.caller, with: row.friend),
            .timestamp(of: Conversation(row.caller, row.friend), upTo: time),
        ]
    }

    /// Returns the message that the marker moves to, or nil if it stands there or further.
    private static func newest(
        _ row: Row, upTo time: Int64, _ facts: Facts
    ) throws -> Int64? {
        guard facts.hasUser(row.friend) else { throw ChatFault.userNotFound }
        guard facts.areFriends(row.caller, row.friend) else { throw ChatFault.notFriends }
        let conversation = Conversation(row.caller, row.friend)
        guard let newest = facts.timestamp(of: conversation, upTo: time),
            newest > facts.readUpTo(by: row.caller, with: row.friend)
        else { return nil }
        return newest
    }
}
