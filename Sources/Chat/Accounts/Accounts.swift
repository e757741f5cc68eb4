package import Encoding
package import EventLoop
package import Storage

/// Who may come in: registration, log-in and passwords.
package actor Accounts {
    package nonisolated let loop: EventLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.asUnownedSerialExecutor()
    }

    let store: any ChatStore
    let passwords: PasswordQueue
    let registration: Registration
    let clock: @Sendable () -> Int64
    var registrations: DailyRegistrations
    private let check: PasswordCheck
    private var dearest: (cost: Int, seenAt: MonotonicTime)?
    private static let dearestLooksInterval = Duration.seconds(60)

    /// - Parameters:
    ///   - store: Where accounts are kept.
    ///   - workers: Where passwords are hashed, and nothing else is done.
    ///   - limits: How often, and who may register.
    ///   - clock: The time of day in milliseconds since 1970; it may jump.
    ///   - loop: The only thread it is used on.
    package init(
        store: any ChatStore, workers: WorkerPool, limits: AccountLimits,
        clock: @escaping @Sendable () -> Int64, loop: EventLoop
    ) throws {
        self.store = store
        self.loop = loop
        self.clock = clock
        registration = limits.registration
        registrations = DailyRegistrations(limits.registrationsPerDay)
        passwords = PasswordQueue(
            workers: workers, attemptsPerMinute: limits.attemptsPerMinute)
        check = try PasswordCheck()
    }

    /// The user of this name and password. Which of the two was wrong is not told, nor by time.
    package func logIn(
        username: ByteText, password: ByteText, from client: Network
    ) async throws -> User {
        let user = try await user(named: username)
        let length = user.map(PasswordLength.init(of:)) ?? .whole
        let attempt = Attempt.logIn(username: username, from: client)
        let dearest = try await dearestCost()
        let outcome = try await passwords.check(attempt, isRight: \.isRight) { [check] in
            check.run(
                password, against: user?.password, length: length, dearest: dearest)
        }
        guard let user, outcome.isRight else {
            // Cancelled: then nobody waits for the answer.
            if outcome.pause > .zero { try? await loop.sleep(for: outcome.pause) }
            throw ChatFault.badCredentials
        }
        // It may have been removed, or given another password, while the hash was computed. Another
        // hash in the same epoch is the same password, hashed anew by another log-in.
        guard let now = try await store.user(user.id),
            now.password == user.password || now.epoch == user.epoch
        else { throw ChatFault.badCredentials }
        guard let renewed = outcome.renewed else { return now }
        return try await renew(now, from: user.password, to: renewed)
    }

    /// Keeps the same password under a hash of today's cost. Its sessions live on, and a log-in
    /// does not fail where the disk takes no writes: the next one tries again.
    private func renew(_ user: User, from old: ByteText, to hash: ByteText) async throws -> User {
        do {
            return try await store.commit(reading: [.user(user.id)]) { facts in
                guard var now = facts.user(user.id), now.epoch == user.epoch else {
                    throw ChatFault.badCredentials
                }
                guard now.password == old else { return (nil, now) }
                now.password = hash
                return (.userChanged(now), now)
            }
        } catch is StorageFault {
            return user
        }
    }

    /// The cost of the dearest hash there is, which an earlier system may have made. It never grows
    /// while the store is open: passwords are hashed at one cost here.
    private func dearestCost() async throws -> Int {
        let now = loop.now
        if let dearest,
            dearest.cost <= BCrypt.cost || now - dearest.seenAt < Self.dearestLooksInterval
        {
            return dearest.cost
        }
        let costs = try await store.users().compactMap { BCrypt.cost(of: $0.password) }
        let cost = costs.max() ?? BCrypt.cost
        dearest = (cost, now)
        return cost
    }

    /// Gives the caller a new password and ends every session that began before.
    ///
    /// - Parameter current: Must be right where it is given.
    package func changePassword(
        of id: UserID, caller: UserID, to password: ByteText, current: ByteText?,
        from client: Network
    ) async throws -> User {
        guard let user = try await store.user(id) else { throw ChatFault.userNotFound }
        guard id == caller else { throw ChatFault.forbidden }
        let password = try NewPassword(password, username: user.username)
        let attempt = Attempt.ownAccount(of: id, from: client)
        if let current {
            let isRight = try await passwords.check(attempt, isRight: \.self) {
                PasswordCheck.isRight(current, for: user.password, PasswordLength(of: user))
            }
            guard isRight else { throw ChatFault.badCredentials }
        } else {
            try passwords.count(attempt)
        }
        let hash = try await passwords.run(attempt) { try BCrypt.hash(password.text) }
        if current == nil { passwords.giveBack(attempt) }
        return try await store.commit(reading: [.user(id)]) { facts in
            guard var now = facts.user(id) else { throw ChatFault.userNotFound }
            // Another change, or the sessions' end, came in between: what was proved holds no more.
            guard now.epoch == user.epoch else { throw ChatFault.badCredentials }
            now.password = hash
            now.epoch = Epoch.fresh(after: now.epoch)
            return (.userChanged(now), now)
        }
    }

    /// Removes the caller's account, as the operator's `delete` does.
    ///
    /// - Parameter current: Must be the right password.
    package func deleteAccount(
        of id: UserID, caller: UserID, current: ByteText, from client: Network
    ) async throws {
        guard id == caller else { throw ChatFault.forbidden }
        guard let user = try await store.user(id) else { throw ChatFault.userNotFound }
        let isRight = try await passwords.check(
            .ownAccount(of: id, from: client), isRight: \.self
        ) {
            PasswordCheck.isRight(current, for: user.password, PasswordLength(of: user))
        }
        guard isRight else { throw ChatFault.badCredentials }
        try await store.commit(reading: [.user(id)]) { facts in
            guard let now = facts.user(id) else { throw ChatFault.userNotFound }
            // The sessions' end came in between: what was proved holds no more.
            guard now.epoch == user.epoch else { throw ChatFault.badCredentials }
            return (.userRemoved(id), ())
        }
    }

    package func user(_ id: UserID) async throws -> User? {
        try await store.user(id)
    }

    /// The user whom somebody means who logs in: of exactly this name, else one whose name differs
    /// in case alone; else likewise without the blanks around it.
    package func user(named name: ByteText) async throws -> User? {
        for name in TypedName(atLogIn: name).candidates {
            if let user = try await store.user(named: name) { return user }
        }
        return nil
    }
}
