package import Encoding
package import EventLoop
package import Storage

/// Who knows whom. Friendship is mutual: both lists change in one durable step or neither does.
package actor Friends {
    package nonisolated let loop: EventLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.asUnownedSerialExecutor()
    }

    private let store: any ChatStore
    private var quota: FriendQuota

    package init(store: any ChatStore, quotas: Quotas, loop: EventLoop) {
        self.store = store
        self.loop = loop
        quota = FriendQuota(unknownNamesPerHour: quotas.unknownNamesPerHour)
    }

    /// Makes the user of that name and the caller friends. The name is looked up exactly, then
    /// regardless of case; then likewise without blanks around it and without a leading `@`. An
    /// unknown one costs one name, however many it may stand for.
    package func add(_ username: ByteText, to caller: UserID) async throws -> User {
        // A look to know what it costs; what counts is the look in the commit.
        guard let known = try await user(meantBy: TypedName(ofFriend: username)) else {
            try quota.takeUnknownName(of: caller)
            throw ChatFault.friendNotFound
        }
        if known.id == caller { throw ChatFault.selfFriend }
        let (isFriend, isMutual) = (
            try await store.areFriends(caller, known.id),
            try await store.areFriends(known.id, caller)
        )
        if isFriend, isMutual { throw ChatFault.alreadyFriends }
        try quota.takeNewFriend(of: caller)
        do {
            return try await befriend(known.id, caller)
        } catch {
            quota.giveBackNewFriend(of: caller)
            throw error
        }
    }

    /// The first who is found: a name that fits as it was typed never stands back behind another.
    private func user(meantBy name: TypedName) async throws -> User? {
        for candidate in name.candidates {
            if let user = try await store.user(named: candidate) { return user }
        }
        return nil
    }

    /// Befriends the user whom the name has led to, whatever they are called by now.
    private func befriend(_ id: UserID, _ caller: UserID) async throws -> User {
        let needs: [Fact] = [
            .userID(caller), .user(id), .contact(of: caller, id), .contact(of: id, caller),
        ]
        return try await store.commit(reading: needs) { facts in
            guard facts.hasUser(caller) else { throw ChatFault.userNotFound }
            guard let friend = facts.user(id) else { throw ChatFault.friendNotFound }
            // A one-way contact of an earlier system's making may still become mutual.
            if facts.areFriends(caller, id), facts.areFriends(id, caller) {
                throw ChatFault.alreadyFriends
            }
            return (.befriended(caller, id), friend)
        }
    }

    /// The caller's friends, latest conversation first.
    package nonisolated func list(of caller: UserID) async throws -> [ContactSummary] {
        guard let contacts = try await store.contacts(of: caller) else {
            throw ChatFault.userNotFound
        }
        return contacts
    }

    /// Changes whenever the list does.
    package nonisolated func revision(of caller: UserID) async throws -> UInt64 {
        try await store.currentPollFacts(of: caller).revision
    }
}
