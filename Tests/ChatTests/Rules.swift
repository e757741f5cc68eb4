import Encoding
import EventLoop
import Logging
import RateLimit
import Storage
import StoreConformance
import Synchronization

@testable import Chat

/// The rules over a store in memory and a scripted vault.
struct Rules: Sendable {
    let house: GuardedHouse
    let accounts: Accounts
    let friends: Friends
    let messages: Messages
    let time: Mutexed<Int64>

    func user(_ name: ByteText) async throws -> UserID {
        let id = UserID("id-\(name)")
        let user = User(id: id, username: name, password: "", contacts: [], epoch: 0)
        return try await house.store.commit(reading: []) { _ in (.userAdded(user), id) }
    }

    func friends(_ one: ByteText, _ other: ByteText) async throws -> (UserID, UserID) {
        let pair = (try await user(one), try await user(other))
        _ = try await friends.add(other, to: pair.0)
        return pair
    }
}

final class Mutexed<Value: Sendable>: Sendable {
    private let mutex: Mutex<Value>
    init(_ value: Value) { mutex = Mutex(value) }
    var value: Value {
        get { mutex.withLock { $0 } }
        set { mutex.withLock { $0 = newValue } }
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
    _ body: @escaping @Sendable (Rules) async throws -> Void
) throws {
    let workers = WorkerPool(threads: 2, waitingMax: 20)
    defer { workers.stop() }
    try withGuard { house in
        try await house.running {
            try await house.reaches(.ready)
            let time = Mutexed<Int64>(1_000_000)
            try await body(
                Rules(
                    house: house,
                    accounts: try Accounts(
                        store: house.repeating, workers: workers, limits: limits,
                        clock: { time.value }, loop: house.loop),
                    friends: Friends(
                        store: house.repeating, quotas: quotas, loop: house.loop,
                        clock: { time.value }),
                    messages: Messages(
                        store: house.repeating,
                        vault: SharedVault(
                            house.vault, keys: house.keyGuard, loop: house.loop),
                        quotas: quotas, loop: house.loop,
                        clock: { time.value },
                        log: RateLimitedLog(
                            Logger(label: "test", factory: { _ in house.log }))),
                    time: time))
        }
    }
}
