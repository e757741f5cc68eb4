package import Encoding
package import EventLoop
package import Metrics
package import Storage

/// Registration, log-in and passwords.
package actor Accounts {
    package nonisolated let loop: EventLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.asUnownedSerialExecutor()
    }

    let store: any ChatStore
    let passwords: PasswordQueue
    let photos: Photos?
    let registration: Registration
    let clock: @Sendable () -> Int64
    var registrations: DailyRegistrations
    let sharedRegistrations: DayAllowance?
    private let check: PasswordCheck
    private var highestCost: (value: Int, readAt: MonotonicTime)?
    private static let highestCostLifetime = Duration.seconds(60)

    /// - Parameters:
    ///   - store: The store of the accounts.
    ///   - workers: The threads that hash passwords, and do nothing else.
    ///   - limits: The rule and limits for registration and attempts.
    ///   - clock: The time of day in milliseconds since 1970. It may jump.
    ///   - loop: The only thread that uses this actor.
    ///   - photos: The photos that go with an account.
    package init(
        store: any ChatStore, workers: WorkerPool, limits: AccountLimits,
        clock: @escaping @Sendable () -> Int64, loop: EventLoop, photos: Photos? = nil
    ) throws {
        self.photos = photos
        self.store = store
        self.loop = loop
        self.clock = clock
        registration = limits.registration
        sharedRegistrations = DayAllowance(
            "registrations", perDay: limits.registrationsPerDay, of: store, loop: loop)
        registrations = DailyRegistrations(
            sharedRegistrations == nil ? limits.registrationsPerDay : 0)
        passwords = PasswordQueue(
            workers: workers, attemptsPerMinute: limits.attemptsPerMinute)
        check = try PasswordCheck()
    }

    /// The number of attempts that wait for their turn at bcrypt.
    package var waitingPasswords: Int { passwords.waitingCount }
    /// The times that attempts waited for it.
    package var passwordWaits: Histogram.Reading { passwords.waits.reading }

    /// Returns the addresses whose attempts or registrations were refused lately.
    package var limited: [LimitedUse] {
        passwords.limited(at: .current()) + registrations.limited(at: .current())
    }

    /// Returns the user of this name and password. Neither the fault nor its time tells which of
    /// the two was wrong, or that the operator has disabled the account.
    package func logIn(
        username: ByteText, password: ByteText, from client: Network
    ) async throws -> User {
        let user = try await user(named: username)
        let length = user.map(PasswordLength.init(of:)) ?? .whole
        let attempt = Attempt.logIn(username: username, from: client)
        let highestCost = try await highestStoredCost()
        let isDisabled = user?.isDisabled ?? false
        let outcome = try await passwords.check(attempt, isRight: { $0.isRight && !isDisabled }) {
            [check] in
            check.run(
                password, against: user?.passwordHash, length: length, highestCost: highestCost)
        }
        guard let user, outcome.isRight, !isDisabled else {
            // A cancelled task has no client that waits for the answer.
            if outcome.pause > .zero { try? await loop.sleep(for: outcome.pause) }
            throw ChatFault.badCredentials
        }
        // The user may have been removed, or have another password, since the hash was computed.
        // Another hash in the same epoch is the same password, rehashed by another log-in.
        guard let now = try await store.user(user.id), !now.isDisabled,
            now.password == user.password || now.epoch == user.epoch
        else { throw ChatFault.badCredentials }
        guard let renewed = outcome.renewed else { return now }
        return try await renew(now, from: user.password, to: renewed)
    }

    /// Stores the same password under a hash of the current cost. Sessions stay valid. A disk that
    /// takes no writes does not fail the log-in, because the next one tries again.
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

    /// Returns the highest cost of all stored hashes. An earlier system may have made some of them.
    /// The cost never grows while the store is open, because this system hashes at one cost.
    private func highestStoredCost() async throws -> Int {
        let now = loop.now
        if let highestCost,
            highestCost.value <= BCrypt.cost
                || now - highestCost.readAt < Self.highestCostLifetime
        {
            return highestCost.value
        }
        let costs = try await store.users().compactMap { BCrypt.cost(of: $0.passwordHash) }
        let cost = costs.max() ?? BCrypt.cost
        highestCost = (cost, now)
        return cost
    }

    /// Sets a new password for the caller, and ends every earlier session.
    ///
    /// - Parameter current: The current password, or nil. It must be right if it is given.
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
                PasswordCheck.isRight(current, for: user.passwordHash, PasswordLength(of: user))
            }
            guard isRight else { throw ChatFault.badCredentials }
        } else {
            try passwords.count(attempt)
        }
        let hash = try await passwords.run(attempt) { try BCrypt.hash(password.text) }
        if current == nil { passwords.giveBack(attempt) }
        return try await store.commit(reading: [.user(id)]) { facts in
            guard var now = facts.user(id) else { throw ChatFault.userNotFound }
            // Another change, or the end of all sessions, came in between. The check of the
            // password is out of date.
            guard now.epoch == user.epoch else { throw ChatFault.badCredentials }
            now.password = hash
            now.epoch = Epoch.fresh(after: now.epoch)
            return (.userChanged(now), now)
        }
    }

    /// Removes the caller's account, as the operator's `delete` does.
    ///
    /// - Parameter current: The current password, which must be right.
    package func deleteAccount(
        of id: UserID, caller: UserID, current: ByteText, from client: Network
    ) async throws {
        guard id == caller else { throw ChatFault.forbidden }
        guard let user = try await store.user(id) else { throw ChatFault.userNotFound }
        let isRight = try await passwords.check(
            .ownAccount(of: id, from: client), isRight: \.self
        ) {
            PasswordCheck.isRight(current, for: user.passwordHash, PasswordLength(of: user))
        }
        guard isRight else { throw ChatFault.badCredentials }
        try await store.commit(reading: [.user(id)]) { facts in
            guard let now = facts.user(id) else { throw ChatFault.userNotFound }
            // All sessions were ended in between. The check of the password is out of date.
            guard now.epoch == user.epoch else { throw ChatFault.badCredentials }
            return (.userRemoved(id), ())
        }
        await photos?.remove(of: id)
    }

    package func user(_ id: UserID) async throws -> User? {
        try await store.user(id)
    }

    /// Returns the user for a name typed at log-in. An exact name comes first, then one that
    /// differs in case alone, then both again without surrounding blanks.
    package func user(named name: ByteText) async throws -> User? {
        for name in TypedName(atLogIn: name).candidates {
            if let user = try await store.user(named: name) { return user }
        }
        return nil
    }
}
