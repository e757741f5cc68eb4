package import Encoding
package import EventLoop
package import Storage

extension Accounts {
    /// Adds a user.
    ///
    /// - Parameter invite: The digest of an invitation. If one is needed, the durable change that
    ///   adds the user also uses it up.
    package func register(
        username: ByteText, password: ByteText, invite: ByteText?, from client: Network
    ) async throws -> User {
        let invite = try requiredInvite(invite)
        let attempt = Attempt.registration(username: username, from: client)
        try passwords.count(attempt)
        guard let name = Username(username) else { throw ChatFault.invalidUsername }
        let password = try NewPassword(password, username: name.text)
        // These checks come before the costly hash, and the commit repeats them. The invitation
        // comes first, so that nobody without one can probe for names.
        if let invite { try Self.require(try await store.invite(invite), at: clock()) }
        if try await store.user(named: name.text) != nil { throw ChatFault.usernameTaken }
        try registrations.take(for: client)
        if let wait = try await sharedRegistrations?.take(for: ByteText("\(client)")) {
            throw ChatFault.tooManyAttempts(after: wait)
        }
        do {
            let hash = try await passwords.run(attempt) { try BCrypt.hash(password.text) }
            let user = User(
                id: UserID(RandomID.uuid(ofDayAt: clock())), username: name.text, password: hash,
                contacts: [],
                epoch: Epoch.fresh())
            let added = try await add(user, by: invite)
            passwords.favour(.logIn(username: username, from: client))
            return added
        } catch {
            registrations.giveBack(to: client)
            await sharedRegistrations?.giveBack(for: ByteText("\(client)"))
            throw error
        }
    }

    /// Returns the invitation, or nil if none is needed.
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
        let needs: [Fact] =
            [.name(user.username), .newestTimestamp] + (invite.map { [.invite($0)] } ?? [])
        return try await store.commit(reading: needs) { facts in
            if facts.user(named: user.username) != nil { throw ChatFault.usernameTaken }
            guard let invite else { return (.userAdded(user), user) }
            try Self.require(facts.invite(invite), at: max(now, facts.newestTimestamp))
            return (.userInvited(user, by: invite), user)
        }
    }

    private static func require(_ invite: Invite?, at now: Int64) throws(ChatFault) {
        guard let invite, now < invite.expiresAt else { throw .inviteInvalid }
    }
}
