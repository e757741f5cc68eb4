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

    /// Makes the user of that name (exactly, else regardless of case) and the caller friends.
    package func add(_ username: ByteText, to caller: UserID) async throws -> User {
        // A look to know what it costs; what counts is the look in the commit.
        guard username.utf8Count <= Username.lookedUpBytesMax else {
            try quota.takeUnknownName(of: caller)
            throw ChatFault.friendNotFound
        }
        guard let known = try await store.user(named: username) else {
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
