package import Encoding
package import EventLoop
internal import RateLimit
package import Storage

/// The browsers that are told of messages while their pages are closed. An endpoint belongs to the
/// last user who subscribed it, so a shared browser shows nobody what is another's.
package actor Subscriptions {
    package nonisolated let loop: EventLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.asUnownedSerialExecutor()
    }

    /// The largest number of subscriptions in the store. They lie in memory.
    static let countMax = 100_000
    /// The largest number of new subscriptions of a user in an hour. Each is a write to the disk.
    static let perHourMax = 60

    private let store: any ChatStore
    private var quota = TokenBuckets<UserID>(
        capacity: Double(perHourMax), perSecond: Double(perHourMax) / 3600,
        keysMax: Quotas.usersMax)

    package init(store: any ChatStore, loop: EventLoop) {
        self.store = store
        self.loop = loop
    }

    /// Returns the users who were refused lately.
    package var limited: [LimitedUse] {
        LimitedUse.list(quota, .tooManySubscriptions, at: .current())
    }

    /// Makes the subscription the user's newest, and returns whether the session that subscribes is
    /// still valid. A subscription that is there already changes nothing.
    ///
    /// - Parameter epoch: The epoch of that session. A new password that waits for the disk has
    ///   another one, and ends only the subscriptions before it.
    package func add(
        _ subscription: PushSubscription, for user: UserID, epoch: Int
    ) async throws -> Bool {
        if try await store.subscriptions(of: user).contains(subscription) { return true }
        if let wait = quota.take(for: user, at: .current()) {
            throw ChatFault.tooManyAttempts(after: wait)
        }
        do {
            return try await store.commit(reading: [.user(user), .subscriptionCount]) { facts in
                guard facts.user(user)?.epoch == epoch else { return (nil, false) }
                guard facts.subscriptionCount < Self.countMax else { throw ChatFault.storeFull }
                return (.subscribed(user, subscription), true)
            }
        } catch {
            quota.giveBack(for: user)
            throw error
        }
    }

    /// Removes the user's subscription of this endpoint. It changes nothing if there is none.
    package nonisolated func remove(_ endpoint: ByteText, of user: UserID) async throws {
        try await remove(of: user) { $0.endpoint == endpoint }
    }

    /// Removes the subscriptions of a session that ends.
    package nonisolated func end(session: ByteText, of user: UserID) async throws {
        try await remove(of: user) { $0.session == session }
    }

    private nonisolated func remove(
        of user: UserID, where isMeant: @Sendable (PushSubscription) -> Bool
    ) async throws {
        // One that waits for the disk is found as well.
        try await store.commit(reading: [.user(user)]) { facts in
            let endpoints = facts.user(user)?.subscriptions.list.filter(isMeant).map(\.endpoint)
            guard let endpoints, !endpoints.isEmpty else { return (nil, ()) }
            return (.unsubscribed(user, endpoints: endpoints), ())
        }
    }

    /// Ends every subscription there is, and returns their number. Browsers subscribe again at
    /// their next visit.
    package func endAll() async throws -> Int {
        let (store, users) = (store, try await store.users().filter { !$0.subscriptions.isEmpty })
        var count = 0
        for start in stride(from: 0, to: users.count, by: Self.usersAtOnce) {
            // The changes of a batch run together, so that they share an fsync.
            count += try await withThrowingTaskGroup(of: Int.self) { group in
                for user in users[start..<min(start + Self.usersAtOnce, users.count)] {
                    group.addTask { try await Self.end(allOf: user.id, store) }
                }
                return try await group.reduce(0, +)
            }
        }
        return count
    }

    private static let usersAtOnce = 500

    private static func end(allOf id: UserID, _ store: any ChatStore) async throws -> Int {
        try await store.commit(reading: [.user(id)]) { facts in
            let endpoints = facts.user(id)?.subscriptions.list.map(\.endpoint) ?? []
            if endpoints.isEmpty { return (nil, 0) }
            return (.unsubscribed(id, endpoints: endpoints), endpoints.count)
        }
    }
}
