import Encoding
import EventLoop
import Glibc
import Storage
import StoreConformance
import Testing
import TestSupport

@testable import Chat

/// Hashes of `rahasia lama`, as an earlier system may have made them.
private let earlierHashes: [Int: ByteText] = [
    4: "$2b$04$abcdefghijklmnopqrstuuV/YfKkiBZxQOK//TE4qhLYFxBht3Zj.",
    8: "$2b$08$abcdefghijklmnopqrstuu5MQ2iQitQmQd/1SDTG2QEjcPXnKMzIe",
    12: "$2y$12$abcdefghijklmnopqrstuuTMsm9BS17Ld7kdPZzYtdRkogaxUDxrO",
]

@Suite struct PasswordCheckTests {
    /// Processor time, which other programs do not change. Without the rounds that are made up for
    /// cost 4 takes a fiftieth.
    @Test func `a failed login takes as long for a hash of a lower cost`() throws {
        let check = try PasswordCheck()
        let hashes: [ByteText?] = [
            earlierHashes[4], earlierHashes[8], try BCrypt.hash("rahasia lama"), nil, "plain text",
            ByteText(String(repeating: "x", count: 60)),
        ]
        for password in ["salah salah" as ByteText, "salah\0salah", ""] {
            let times = hashes.map { hash in
                threadTime {
                    let outcome = check.run(
                        password, against: hash, length: .whole, highestCost: BCrypt.cost)
                    #expect(!outcome.isRight && outcome.renewed == nil)
                    #expect(outcome.pause == .zero && outcome.time > .zero)
                }
            }
            #expect(try #require(times.max()) < 3 * #require(times.min()), "\(times)")
        }
    }

    @Test func `a password that cannot be right works as long as a wrong one`() throws {
        let check = try PasswordCheck()
        // bcrypt looks at 72 bytes, so it takes this for right.
        let long = ByteText(String(repeating: "rahasia ", count: 9) + "dan lebih")
        let hash = try BCrypt.hash(long)
        let whole = check.run(long, against: hash, length: .whole, highestCost: 10)
        let cut = check.run(long, against: hash, length: .anyCut, highestCost: 10)
        #expect(!whole.isRight && cut.isRight)
    }

    @Test func `a hash of a higher cost makes all failed logins equally slow`() throws {
        let check = try PasswordCheck()
        let interval = check.failureInterval(of: 12)
        for hash in [earlierHashes[4], earlierHashes[12], try BCrypt.hash("rahasia"), nil] {
            let start = MonotonicTime.current()
            let outcome = check.run("salah", against: hash, length: .whole, highestCost: 12)
            #expect(outcome.time <= MonotonicTime.current() - start)
            let multiple = (outcome.time + outcome.pause) / interval
            #expect(multiple > 0.9 && abs(multiple - multiple.rounded()) < 1e-6)
            #expect(outcome.pause < interval)
        }
        #expect(check.failureInterval(of: 12) == interval, "measured once a minute")
    }

    @Test func `a hash of a higher cost is checked up to a limit`() {
        let rest = "abcdefghijklmnopqrstuuTMsm9BS17Ld7kdPZzYtdRkogaxUDxrO"
        for (start, cost) in [
            ("$2b$12$", 12), ("$2b$04$", 4), ("$2a$14$", 14), ("$2y$15$", nil), ("$2b$31$", nil),
            ("$2b$03$", nil), ("$2x$12$", nil), ("$2b$1$$", nil), ("$2b-12$", nil),
        ] {
            #expect(BCrypt.cost(of: "\(start)\(rest)") == cost)
        }
    }

    private func threadTime(_ work: () -> Void) -> Int {
        var (start, end) = (timespec(), timespec())
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start)
        work()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end)
        return (end.tv_sec - start.tv_sec) * 1_000_000_000 + end.tv_nsec - start.tv_nsec
    }
}

@Suite struct RenewedHashTests {
    @Test(arguments: [4, 8, 12])
    func `a login renews a hash of another cost once and keeps the sessions`(cost: Int) throws {
        try withEarlierUser(cost: cost) { rules, user in
            for name in ["siti", "SITI"] as [ByteText] {
                let now = try await rules.accounts.logIn(username: name, password: "rahasia lama")
                #expect(now.password.hasPrefix("$2b$10$"))
                #expect(now.epoch == user.epoch && now.contacts == user.contacts)
                #expect(await rules.base.store.user(user.id) == now)
            }
            let renewals = rules.base.store.changes.filter {
                if case .userChanged = $0 { true } else { false }
            }
            #expect(renewals.count == 1)
        }
    }

    @Test func `a failed login renews nothing`() throws {
        try withEarlierUser(cost: 4) { rules, user in
            await #expect(throws: ChatFault.badCredentials) {
                _ = try await rules.accounts.logIn(username: "siti", password: "rahasia baru")
            }
            #expect(await rules.base.store.user(user.id) == user)
        }
    }

    @Test func `concurrent logins all succeed while one renews the hash`() throws {
        try withEarlierUser(cost: 4) { rules, _ in
            let failures = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<10 {
                    group.addTask(executorPreference: rules.base.loop) {
                        let user = try? await rules.accounts.logIn(
                            username: "siti", password: "rahasia lama")
                        return user == nil
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(failures == 0)
        }
    }

    @Test func `a login succeeds while the disk is read-only`() throws {
        try withEarlierUser(cost: 4) { rules, user in
            rules.base.store.beforeCommits { throw StorageFault.full }
            let now = try await rules.accounts.logIn(username: "siti", password: "rahasia lama")
            #expect(now == user)
        }
    }

    @Test func `a password that is reset meanwhile is not renewed away`() throws {
        try withEarlierUser(cost: 4) { rules, user in
            let isFirst = Shared(true)
            rules.base.store.beforeCommits {
                guard isFirst.value else { return }
                isFirst.value = false
                _ = try await rules.accounts.resetPassword(of: "siti", to: "sandi yang baru")
            }
            for _ in 0..<2 {
                await #expect(throws: ChatFault.badCredentials) {
                    _ = try await rules.accounts.logIn(
                        username: "siti", password: "rahasia lama")
                }
            }
            _ = try await rules.accounts.logIn(username: "siti", password: "sandi yang baru")
            #expect(await rules.base.store.user(user.id)?.epoch != user.epoch)
        }
    }

    private func withEarlierUser(
        cost: Int, _ body: @escaping @Sendable (RulesFixture, User) async throws -> Void
    ) throws {
        let hash = try #require(earlierHashes[cost])
        try withRules { rules in
            let user = User(id: UserID("id-siti"), username: "siti", password: hash, contacts: [])
            try await rules.base.store.commit(reading: []) { _ in (.userAdded(user), ()) }
            try await body(rules, user)
        }
    }
}
