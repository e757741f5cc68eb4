package import Encoding
package import EventLoop
package import Storage

/// Friendships and blocks. A friendship is mutual: one durable change alters both lists or neither.
package actor Friends {
    package nonisolated let loop: EventLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.asUnownedSerialExecutor()
    }

    /// The largest number of users that one user may block.
    static let blockedMax = 2_000

    private let store: any ChatStore
    private let clock: @Sendable () -> Int64
    private var quota: FriendQuota
    private let sharedNewFriends: DayAllowance?

    /// - Parameter clock: The time of day in milliseconds since 1970. It may jump.
    package init(
        store: any ChatStore, quotas: Quotas, loop: EventLoop,
        clock: @escaping @Sendable () -> Int64
    ) {
        self.store = store
        self.clock = clock
        self.loop = loop
        sharedNewFriends = DayAllowance(
            "friends", perDay: quotas.unknownNamesPerHour > 0 ? FriendQuota.newFriendsPerDay : 0,
            of: store, loop: loop)
        quota = FriendQuota(
            unknownNamesPerHour: quotas.unknownNamesPerHour,
            sharesNewFriends: sharedNewFriends != nil)
    }

    /// Returns the users whose names or friends were refused lately.
    package var limited: [LimitedUse] { quota.limited(at: .current()) }

    /// Makes the user of that name and the caller friends.
    ///
    /// The name is looked up exactly, then regardless of case. It is then looked up without
    /// surrounding blanks and without a leading `@`. An unknown name costs one token for all its
    /// lookups.
    package func add(_ username: ByteText, to caller: UserID) async throws -> User {
        // This check decides the cost of the call. The commit repeats it.
        guard let known = try await user(meantBy: TypedName(ofFriend: username)) else {
            try quota.takeUnknownName(of: caller)
            throw ChatFault.friendNotFound
        }
        if known.id == caller { throw ChatFault.selfFriend }
        // For a blocked caller, the answer and its cost are those of an unknown name.
        if known.blocked.contains(caller) {
            try quota.takeUnknownName(of: caller)
            throw ChatFault.friendNotFound
        }
        let (isFriend, isMutual) = (
            try await store.areFriends(caller, known.id),
            try await store.areFriends(known.id, caller)
        )
        if isFriend, isMutual { throw ChatFault.alreadyFriends }
        try quota.takeNewFriend(of: caller)
        try await takeSharedNewFriend(of: caller)
        do {
            return try await befriend(known.id, caller)
        } catch {
            await giveBackNewFriend(of: caller)
            throw error
        }
    }

    private func takeSharedNewFriend(of caller: UserID) async throws {
        if let wait = try await sharedNewFriends?.take(for: caller.text) {
            throw ChatFault.tooManyNames(after: wait)
        }
    }

    private func giveBackNewFriend(of caller: UserID) async {
        quota.giveBackNewFriend(of: caller)
        await sharedNewFriends?.giveBack(for: caller.text)
    }

    /// Returns the first user that is found. A match for the typed name precedes all others.
    private func user(meantBy name: TypedName) async throws -> User? {
        for candidate in name.candidates {
            if let user = try await store.user(named: candidate) { return user }
        }
        return nil
    }

    /// Befriends the user of this id, even if the user has a new name by now.
    private func befriend(_ id: UserID, _ caller: UserID) async throws -> User {
        let needs: [Fact] = [
            .userID(caller), .user(id), .contact(of: caller, id), .contact(of: id, caller),
            .blocked(caller, by: id), .newestTimestamp,
        ]
        let now = clock()
        return try await store.commit(reading: needs) { facts in
            guard facts.hasUser(caller) else { throw ChatFault.userNotFound }
            guard let friend = facts.user(id), !facts.isBlocked(caller, by: id) else {
                throw ChatFault.friendNotFound
            }
            // A one-way contact from an earlier system may still become mutual.
            if facts.areFriends(caller, id), facts.areFriends(id, caller) {
                throw ChatFault.alreadyFriends
            }
            // The clock of a box may start in 1970.
            let time = max(now, facts.newestTimestamp)
            return (.befriended(caller, id, at: time), friend)
        }
    }

    /// Ends a friendship. The messages stay stored. It changes nothing if the two are no friends.
    package nonisolated func remove(_ friend: UserID, of caller: UserID) async throws {
        let needs: [Fact] = [
            .userID(friend), .contact(of: caller, friend), .contact(of: friend, caller),
        ]
        try await store.commit(reading: needs) { facts in
            guard facts.hasUser(friend) else { throw ChatFault.userNotFound }
            let areFriends = facts.areFriends(caller, friend) || facts.areFriends(friend, caller)
            return (areFriends ? .parted(caller, friend) : nil, ())
        }
    }

    /// Blocks a user from adding the caller, and ends their friendship if there is one.
    package func block(_ other: UserID, for caller: UserID) async throws {
        guard let user = try await store.user(caller) else { throw ChatFault.userNotFound }
        if user.blocked.contains(other) { return }
        guard try await store.knownID(other) != nil else { throw ChatFault.userNotFound }
        try quota.takeBlock(of: caller)
        try await store.commit(reading: [.userID(other), .user(caller)]) { facts in
            guard facts.hasUser(other), let user = facts.user(caller) else {
                throw ChatFault.userNotFound
            }
            if user.blocked.contains(other) { return (nil, ()) }
            if user.blocked.count >= Self.blockedMax { throw ChatFault.blockListFull }
            return (.blocked(other, by: caller), ())
        }
    }

    /// Removes a user from the caller's block list. It does not make them friends.
    package nonisolated func unblock(_ other: UserID, for caller: UserID) async throws {
        try await store.commit(reading: [.userID(other), .blocked(other, by: caller)]) { facts in
            guard facts.hasUser(other) else { throw ChatFault.userNotFound }
            return (facts.isBlocked(other, by: caller) ? .unblocked(other, by: caller) : nil, ())
        }
    }

    /// Returns the users whom the caller has blocked, in the order of the blocks.
    package nonisolated func blocked(by caller: UserID) async throws -> [User] {
        guard let user = try await store.user(caller) else { throw ChatFault.userNotFound }
        var blocked: [User] = []
        for id in user.blocked {
            if let other = try await store.user(id) { blocked.append(other) }
        }
        return blocked
    }

    /// Returns the caller's friends, latest conversation first.
    package nonisolated func list(of caller: UserID) async throws -> [ContactSummary] {
        guard let contacts = try await store.contacts(of: caller) else {
            throw ChatFault.userNotFound
        }
        return contacts
    }

    /// Returns the revision of the caller's list, which changes with the list.
    package nonisolated func revision(of caller: UserID) async throws -> UInt64 {
        try await store.currentPollFacts(of: caller).revision
    }

    /// Returns what has changed in the caller's list since a cursor.
    package nonisolated func changes(
        of caller: UserID, since cursor: UInt64
    ) async throws -> (rows: [ContactSummary], removed: [ContactChanges.Removed]) {
        switch try await store.contactChanges(of: caller, since: cursor) {
        case nil: throw ChatFault.userNotFound
        case .unknownCursor?: throw ChatFault.cursorUnknown
        case .changes(let rows, let removed)?: return (rows, removed)
        }
    }
}
