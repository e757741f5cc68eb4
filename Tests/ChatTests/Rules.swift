import Encoding
import EventLoop
import Logging
import RateLimit
import Storage
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
        return try await house.store.commit { _ in (.userAdded(user), id) }
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

func withRules(_ body: @escaping @Sendable (Rules) async throws -> Void) throws {
    let workers = WorkerPool(threads: 2, waitingMax: 20)
    defer { workers.stop() }
    try withGuard { house in
        try await house.running {
            try await house.reaches(.ready)
            let time = Mutexed<Int64>(1_000_000)
            try await body(
                Rules(
                    house: house,
                    accounts: try Accounts(store: house.store, workers: workers, loop: house.loop),
                    friends: Friends(store: house.store, loop: house.loop),
                    messages: Messages(
                        store: house.store, vault: house.vault, keys: house.keyGuard,
                        loop: house.loop, clock: { time.value },
                        log: RateLimitedLog(
                            Logger(label: "test", factory: { _ in house.log }))),
                    time: time))
        }
    }
}
