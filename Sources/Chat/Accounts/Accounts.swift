package import Encoding
package import EventLoop
package import Storage

/// Who may come in: registration, log-in and passwords.
package actor Accounts {
    package nonisolated let loop: EventLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.asUnownedSerialExecutor()
    }

    let store: any Store
    private let workers: WorkerPool
    /// What an unknown user's password is compared with, so that it takes as long as a wrong one.
    private let nobodysHash: ByteText

    /// - Parameters:
    ///   - store: Where accounts are kept.
    ///   - workers: Where passwords are hashed.
    ///   - loop: The only thread it is used on.
    package init(store: any Store, workers: WorkerPool, loop: EventLoop) throws {
        self.store = store
        self.workers = workers
        self.loop = loop
        nobodysHash = try BCrypt.hash(RandomID.uuid())
    }

    package func register(username: ByteText, password: ByteText) async throws -> User {
        guard let name = Username(username) else { throw ChatFault.invalidUsername }
        let password = try NewPassword(password, username: name.text)
        // Looked at before the costly hash; what counts is the look in the commit.
        if await store.user(named: name.text) != nil { throw ChatFault.usernameTaken }
        let hash = try await slowly { try BCrypt.hash(password.text) }
        let user = User(
            id: UserID(RandomID.uuid()), username: name.text, password: hash, contacts: [],
            epoch: Epoch.fresh())
        return try await store.commit { draft in
            if draft.nameTaken(name.text) { throw ChatFault.usernameTaken }
            return (.userAdded(user), user)
        }
    }

    /// The user of this name and password. Which of the two was wrong is not told, nor by time.
    package func logIn(username: ByteText, password: ByteText) async throws -> User {
        let user = await user(named: username)
        let hash = user?.password ?? nobodysHash
        let isRight = try await slowly { BCrypt.verify(password, against: hash) }
        guard let user, isRight, Self.isWhole(password, of: user) else {
            throw ChatFault.badCredentials
        }
        // It may have been removed, or given another password, while the hash was computed.
        guard let now = await store.user(user.id), now.password == user.password else {
            throw ChatFault.badCredentials
        }
        return now
    }

    /// Gives the caller a new password and ends every session that began before.
    ///
    /// - Parameter current: Must be right where it is given.
    package func changePassword(
        of id: UserID, caller: UserID, to password: ByteText, current: ByteText?
    ) async throws -> User {
        guard let user = await store.user(id) else { throw ChatFault.userNotFound }
        guard id == caller else { throw ChatFault.forbidden }
        let password = try NewPassword(password, username: user.username)
        if let current {
            let isRight = try await slowly { BCrypt.verify(current, against: user.password) }
            guard isRight, Self.isWhole(current, of: user) else { throw ChatFault.badCredentials }
        }
        let hash = try await slowly { try BCrypt.hash(password.text) }
        return try await store.commit { draft in
            guard var now = draft.user(id) else { throw ChatFault.userNotFound }
            // Another change, or the sessions' end, came in between: what was proved holds no more.
            guard now.password == user.password, now.epoch == user.epoch else {
                throw ChatFault.badCredentials
            }
            now.password = hash
            now.epoch = Epoch.fresh(after: now.epoch)
            return (.userChanged(now), now)
        }
    }

    package func user(_ id: UserID) async -> User? {
        await store.user(id)
    }

    /// The user of exactly this name; else one whose name differs in case alone.
    package func user(named name: ByteText) async -> User? {
        guard name.utf8Count <= Username.lookedUpBytesMax else { return nil }
        return await store.user(named: name)
    }

    /// bcrypt looks at 72 bytes. Here no longer password was ever taken, so one is wrong, be its
    /// beginning right; the earlier system took it and cut it, and its people type it whole.
    private static func isWhole(_ password: ByteText, of user: User) -> Bool {
        password.utf8.count <= NewPassword.bytesMax || Epoch.isOfEarlierSystem(user.epoch)
    }

    func slowly<T: Sendable>(_ work: @Sendable () throws -> T) async throws -> T {
        do {
            return try await workers.run(work)
        } catch is WorkerPool.Busy {
            throw ChatFault.busy
        }
    }
}
