package import Encoding
package import Storage

/// The operator's changes to any account. Names are matched exactly, case included, so that a slip
/// does not hit another user.
extension Accounts {
    /// Sets a new password, by the rules for new ones, and ends every session.
    package func resetPassword(of name: ByteText, to password: ByteText) async throws -> User {
        let user = try await user(exactly: name)
        let password = try NewPassword(password, username: user.username)
        let hash = try await passwords.run(.administration) { try BCrypt.hash(password.text) }
        return try await change(user.id) { user, _ in
            user.setPasswordHash(hash)
            user.epoch = Epoch.fresh(after: user.epoch)
        }
    }

    /// Sets a new name. Sessions, friends and messages stay.
    package func rename(_ name: ByteText, to new: ByteText) async throws -> User {
        guard let new = Username(new) else { throw ChatFault.invalidUsername }
        let user = try await user(exactly: name)
        return try await change(user.id, reading: [.name(new.text)]) { user, facts in
            let isOwn = user.username.caseFolded == new.text.caseFolded
            if !isOwn, facts.user(named: new.text) != nil { throw ChatFault.usernameTaken }
            user.username = new.text
        }
    }

    /// Ends every session.
    package func signOut(_ name: ByteText) async throws -> User {
        let user = try await user(exactly: name)
        return try await change(user.id) { user, _ in
            user.epoch = Epoch.ending(user.epoch)
        }
    }

    /// Keeps the user from logging in and ends every session and push subscription; or lets the
    /// user log in again. It changes nothing if that is so already.
    package func setDisabled(_ isDisabled: Bool, _ name: ByteText) async throws -> User {
        let user = try await user(exactly: name)
        return try await store.commit(reading: [.user(user.id)]) { facts in
            guard var now = facts.user(user.id) else { throw ChatFault.userNotFound }
            guard now.isDisabled != isDisabled else { return (nil, now) }
            now.setDisabled(isDisabled)
            if isDisabled { now.epoch = Epoch.ending(now.epoch) }
            return (.userChanged(now), now)
        }
    }

    /// Removes the user, the user's entry in every contact list, and every message of the user's
    /// conversations.
    package func delete(_ name: ByteText) async throws -> User {
        let user = try await user(exactly: name)
        let removed = try await store.commit(reading: [.user(user.id)]) { facts in
            guard let now = facts.user(user.id) else { throw ChatFault.userNotFound }
            return (.userRemoved(now.id), now)
        }
        await photos?.remove(of: removed.id)
        return removed
    }

    package func user(exactly name: ByteText) async throws -> User {
        guard let user = try await store.user(named: name), user.username == name else {
            throw ChatFault.userNotFound
        }
        return user
    }

    private func change(
        _ id: UserID, reading needs: [Fact] = [],
        _ body: @Sendable (inout User, Facts) throws -> Void
    ) async throws -> User {
        try await store.commit(reading: [.user(id)] + needs) { facts in
            guard var user = facts.user(id) else { throw ChatFault.userNotFound }
            try body(&user, facts)
            return (.userChanged(user), user)
        }
    }
}
