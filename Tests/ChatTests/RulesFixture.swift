import Encoding
import EventLoop
import Logging
import RateLimit
import Storage
import StoreConformance
import TestSupport

@testable import Chat

/// The rules over a store in memory and a scripted vault.
struct RulesFixture: Sendable {
    let base: KeyGuardFixture
    let accounts: Accounts
    let friends: Friends
    let messages: Messages
    let time: Shared<Int64>
    let vault: SharedVault
    let workers: WorkerPool
    let log: RateLimitedLog

    func search(
        now: @escaping @Sendable () -> MonotonicTime = { .current() }
    ) -> Search {
        Search(
            store: base.repeating, vault: vault, workers: workers, loop: base.loop, log: log,
            now: now)
    }

    func user(_ name: ByteText) async throws -> UserID {
        let id = UserID("id-\(name)")
        let user = User(id: id, username: name, password: "", contacts: [], epoch: 0)
        return try await base.store.commit(reading: []) { _ in (.userAdded(user), id) }
    }

    func friends(_ one: ByteText, _ other: ByteText) async throws -> (UserID, UserID) {
        let pair = (try await user(one), try await user(other))
        _ = try await friends.add(other, to: pair.0)
        return pair
    }
}

extension Network {
    static let home = Network(of: .ipv4(0xCB00_7101, port: 0))
    static let elsewhere = Network(of: .ipv4(0xC633_6401, port: 0))
}

/// From home, where a test does not care.
extension Accounts {
    func register(
        username: ByteText, password: ByteText, from client: Network = .home
    ) async throws -> User {
        try await register(username: username, password: password, invite: nil, from: client)
    }

    func logIn(username: ByteText, password: ByteText) async throws -> User {
        try await logIn(username: username, password: password, from: .home)
    }

    func changePassword(
        of id: UserID, caller: UserID, to password: ByteText, current: ByteText?
    ) async throws -> User {
        try await changePassword(
            of: id, caller: caller, to: password, current: current, from: .home)
    }
}

func withRules(
    accounts limits: AccountLimits = AccountLimits(), quotas: Quotas = Quotas(),
    _ body: @escaping @Sendable (RulesFixture) async throws -> Void
) throws {
    let workers = WorkerPool(threads: 2, waitingMax: 20)
    defer { workers.stop() }
    try withGuard { fixture in
        try await fixture.running {
            try await fixture.reaches(.ready)
            let time = Shared<Int64>(1_000_000)
            let vault = SharedVault(fixture.vault, keys: fixture.keyGuard, loop: fixture.loop)
            let log = RateLimitedLog(Logger(label: "test", factory: { _ in fixture.log }))
            try await body(
                RulesFixture(
                    base: fixture,
                    accounts: try Accounts(
                        store: fixture.repeating, workers: workers, limits: limits,
                        clock: { time.value }, loop: fixture.loop),
                    friends: Friends(
                        store: fixture.repeating, quotas: quotas, loop: fixture.loop,
                        clock: { time.value }),
                    messages: Messages(
                        store: fixture.repeating, vault: vault, quotas: quotas, loop: fixture.loop,
                        clock: { time.value }, log: log),
                    time: time, vault: vault, workers: workers, log: log))
        }
    }
}
