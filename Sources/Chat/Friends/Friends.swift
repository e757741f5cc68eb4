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

    package init(store: any Store, loop: EventLoop) {
        self.store = store
        self.loop = loop
    }

    /// Makes the user of that name (exactly, else regardless of case) and the caller friends.
    package func add(_ username: ByteText, to caller: UserID) async throws -> User {
        guard username.utf8Count <= Username.lookedUpBytesMax else {
            throw ChatFault.friendNotFound
        }
        return try await store.commit { draft in
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
