package import Encoding
package import EventLoop
package import Storage

/// Who knows whom. Friendship is mutual: both lists change in one durable step or neither does.
package actor Friends {
    package nonisolated let loop: EventLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.asUnownedSerialExecutor()
    }

    private let store: any Store
    private var quota: FriendQuota

    package init(store: any Store, quotas: Quotas, loop: EventLoop) {
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
        guard let known = await store.user(named: username) else {
            return try await addUnknown(username, to: caller)
        }
        if known.id == caller { throw ChatFault.selfFriend }
        let (isFriend, isMutual) = (
            await store.areFriends(caller, known.id), await store.areFriends(known.id, caller)
        )
        if isFriend, isMutual { throw ChatFault.alreadyFriends }
        try quota.takeNewFriend(of: caller)
        do {
            return try await befriend(username, caller)
        } catch {
            quota.giveBackNewFriend(of: caller)
            throw error
        }
    }

    /// Costs a name, unless somebody of that name has come meanwhile or the disk has failed.
    private func addUnknown(_ username: ByteText, to caller: UserID) async throws -> User {
        try quota.takeUnknownName(of: caller)
        do {
            let friend = try await befriend(username, caller)
            quota.giveBackUnknownName(of: caller)
            return friend
        } catch ChatFault.friendNotFound {
            throw ChatFault.friendNotFound
        } catch {
            quota.giveBackUnknownName(of: caller)
            throw error
        }
    }

    private func befriend(_ username: ByteText, _ caller: UserID) async throws -> User {
        try await store.commit { draft in
            guard draft.hasUser(caller) else { throw ChatFault.userNotFound }
            guard let friend = draft.user(named: username) else { throw ChatFault.friendNotFound }
            if friend.id == caller { throw ChatFault.selfFriend }
            // A one-way contact of an earlier system's making may still become mutual.
            if draft.areFriends(caller, friend.id), draft.areFriends(friend.id, caller) {
                throw ChatFault.alreadyFriends
            }
            return (.befriended(caller, friend.id), friend)
        }
    }

    /// The caller's friends, latest conversation first.
    package nonisolated func list(of caller: UserID) async throws(ChatFault) -> [ContactSummary] {
        guard let contacts = await store.contacts(of: caller) else { throw .userNotFound }
        return contacts
    }

    /// Changes whenever the list does.
    package nonisolated func version(of caller: UserID) -> UInt64 {
        store.version(of: caller)
    }
}
