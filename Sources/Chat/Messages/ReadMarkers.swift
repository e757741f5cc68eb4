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
    /// move wakes the polls of two people. Further ones wait, and most of them pass nothing then.
    static let movesMax = 300
    static let movesPerSecond = 30

    private let store: any ChatStore
    private var moves: TokenBuckets<UserID>?

    package init(store: any ChatStore, quotas: Quotas, loop: EventLoop) {
        self.store = store
        self.loop = loop
        guard quotas.sendsPerMinute > 0 else { return }
        moves = TokenBuckets(
            capacity: Double(Self.movesMax), perSecond: Double(Self.movesPerSecond),
            keysMax: Quotas.usersMax)
    }

    /// Marks the conversation with a friend as read up to the newest message at or before a time,
    /// in milliseconds since 1970. It changes nothing if the caller has read that far already.
    ///
    /// - Throws: `ChatFault.userNotFound`; `ChatFault.notFriends`.
    package func markRead(
        _ friend: UserID, by caller: UserID, upTo time: Int64
    ) async throws {
        let conversation = Conversation(caller, friend)
        let needs: [Fact] = [
            .userID(friend), .contact(of: caller, friend), .readUpTo(by: caller, with: friend),
            .timestamp(of: conversation, upTo: time),
        ]
        while let wait = moves?.take(for: caller, at: .current()) {
            try await loop.sleep(for: wait)
        }
        var hasMoved = false
        defer { if !hasMoved { moves?.giveBack(for: caller) } }
        hasMoved = try await store.commit(reading: needs) { facts in
            guard facts.hasUser(friend) else { throw ChatFault.userNotFound }
            guard facts.areFriends(caller, friend) else { throw ChatFault.notFriends }
            guard let newest = facts.timestamp(of: conversation, upTo: time),
                newest > facts.readUpTo(by: caller, with: friend)
            else { return (nil, false) }
            return (.messagesRead(by: caller, with: friend, upTo: newest), true)
        }
    }
}
