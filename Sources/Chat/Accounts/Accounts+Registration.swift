package import Encoding
package import EventLoop
package import Storage

extension Accounts {
    /// Adds a user.
    ///
    /// - Parameter invite: The digest of an invitation; it is used up in the same durable step
    ///   that adds the user, where one is needed.
    package func register(
        username: ByteText, password: ByteText, invite: ByteText?, from client: Network
    ) async throws -> User {
        let invite = try requiredInvite(invite)
        let attempt = Attempt.registration(username: username, from: client)
        try passwords.count(attempt)
        guard let name = Username(username) else { throw ChatFault.invalidUsername }
        let password = try NewPassword(password, username: name.text)
        // Looked at before the costly hash; what counts is the look in the commit. The invitation
        // comes first: without one nobody finds out which names are taken.
        if let invite { try Self.require(await store.invite(invite), at: clock()) }
        if await store.user(named: name.text) != nil { throw ChatFault.usernameTaken }
        try registrations.take(for: client)
        do {
            let hash = try await passwords.run(attempt) { try BCrypt.hash(password.text) }
            let user = User(
                id: UserID(RandomID.uuid()), username: name.text, password: hash, contacts: [],
                epoch: Epoch.fresh())
            let added = try await add(user, by: invite)
            passwords.favour(.logIn(username: username, from: client))
            return added
        } catch {
            registrations.giveBack(to: client)
            throw error
        }
    }

    /// Nil where none is needed.
    private func requiredInvite(_ invite: ByteText?) throws(ChatFault) -> ByteText? {
        switch registration {
        case .open: return nil
        case .closed: throw .registrationClosed
        case .invite:
            guard let invite else { throw .inviteNeeded }
            return invite
        }
    }

    private func add(_ user: User, by invite: ByteText?) async throws -> User {
        let now = clock()
        return try await store.commit { draft in
            if draft.nameTaken(user.username) { throw ChatFault.usernameTaken }
            guard let invite else { return (.userAdded(user), user) }
            try Self.require(draft.invite(invite), at: max(now, draft.newestTimestamp))
            return (.userInvited(user, by: invite), user)
        }
    }

    private static func require(_ invite: Invite?, at now: Int64) throws(ChatFault) {
        guard let invite, now < invite.expiresAt else { throw .inviteInvalid }
    }
}
