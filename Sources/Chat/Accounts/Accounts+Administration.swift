package import Encoding
package import Storage

/// What the box's operator may do to anybody's account. Names are meant exactly, case included: a
/// slip must not meet somebody else.
extension Accounts {
    /// Everybody, in the order of the bytes of their names.
    ///
    /// - Parameters:
    ///   - search: A part of the name, regardless of case.
    ///   - after: Only those whose name comes behind it.
    ///   - limit: Only so many of the first.
    package func everybody(
        named search: ByteText? = nil, after: ByteText? = nil, limit: Int? = nil
    ) async throws -> [User] {
        let part = search?.caseFolded.string
        let users = try await store.users().filter { user in
            if let after, user.username <= after { return false }
            guard let part else { return true }
            return user.username.caseFolded.utf8.firstRange(of: part.utf8) != nil || part.isEmpty
        }
        return Array(users.sorted { $0.username < $1.username }.prefix(limit ?? .max))
    }

    /// Gives a new password, by the rules for new ones, and ends every session.
    package func resetPassword(of name: ByteText, to password: ByteText) async throws -> User {
        let user = try await user(exactly: name)
        let password = try NewPassword(password, username: user.username)
        let hash = try await passwords.run(.administration) { try BCrypt.hash(password.text) }
        return try await change(user.id) { user, _ in
            user.password = hash
            user.epoch = Epoch.fresh(after: user.epoch)
        }
    }

    /// Gives another name; sessions, friends and messages stay.
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

    /// Removes the user, from every contact list too, and every message of their conversations.
    package func delete(_ name: ByteText) async throws -> User {
        let user = try await user(exactly: name)
        return try await store.commit(reading: [.user(user.id)]) { facts in
            guard let now = facts.user(user.id) else { throw ChatFault.userNotFound }
            return (.userRemoved(now.id), now)
        }
    }

    private func user(exactly name: ByteText) async throws -> User {
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
