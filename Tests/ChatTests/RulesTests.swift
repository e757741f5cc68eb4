import EventLoop
import Logging
import Storage
import Synchronization
import Testing

@testable import Chat

/// The rules over a store in memory and a scripted vault.
private struct Rules: Sendable {
    let house: GuardedHouse
    let accounts: Accounts
    let friends: Friends
    let messages: Messages
    let time: Mutexed<Int64>

    func user(_ name: String) async throws -> UserID {
        let id = UserID("id-\(name)")
        let user = User(id: id, username: name, password: "", contacts: [], epoch: 0)
        return try await house.store.commit { _ in (.userAdded(user), id) }
    }

    func friends(_ one: String, _ other: String) async throws -> (UserID, UserID) {
        let pair = (try await user(one), try await user(other))
        _ = try await friends.add(other, to: pair.0)
        return pair
    }
}

private final class Mutexed<Value: Sendable>: Sendable {
    private let mutex: Mutex<Value>
    init(_ value: Value) { mutex = Mutex(value) }
    var value: Value {
        get { mutex.withLock { $0 } }
        set { mutex.withLock { $0 = newValue } }
    }
}

private func withRules(_ body: @escaping @Sendable (Rules) async throws -> Void) throws {
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
                        logger: Logger(label: "test", factory: { _ in house.log })),
                    time: time))
        }
    }
}

@Suite struct AccountsTests {
    @Test func whoRegisteredMayLogInWithThatPasswordAlone() throws {
        try withRules { rules in
            let user = try await rules.accounts.register(username: "Siti", password: "kata sandi")
            #expect(user.password.hasPrefix("$2b$10$"))
            let again = try await rules.accounts.logIn(username: "siti", password: "kata sandi")
            #expect(again.id == user.id)
            for (name, password) in [("Siti", "kata sandx"), ("nobody", "kata sandi")] {
                await #expect(throws: ChatFault.badCredentials) {
                    _ = try await rules.accounts.logIn(username: name, password: password)
                }
            }
        }
    }

    @Test func ofManyWhoWantANameAtOnceOneGetsIt() throws {
        try withRules { rules in
            let won = await withTaskGroup(of: Bool.self) { group in
                for name in ["siti", "SITI", "Siti", "siTi"] {
                    group.addTask(executorPreference: rules.house.loop) {
                        let user = try? await rules.accounts.register(
                            username: name, password: "kata sandi")
                        return user != nil
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(won == 1)
        }
    }

    @Test func aChangedPasswordEndsOlderSessionsAndWantsTheCurrentOneRight() throws {
        try withRules { rules in
            let user = try await rules.accounts.register(username: "siti", password: "kata sandi")
            await #expect(throws: ChatFault.badCredentials) {
                _ = try await rules.accounts.changePassword(
                    of: user.id, caller: user.id, to: "sandi baru", current: "salah salah")
            }
            let changed = try await rules.accounts.changePassword(
                of: user.id, caller: user.id, to: "sandi baru", current: "kata sandi")
            #expect(changed.epoch != user.epoch)
            _ = try await rules.accounts.logIn(username: "siti", password: "sandi baru")
            await #expect(throws: ChatFault.userNotFound) {
                _ = try await rules.accounts.changePassword(
                    of: UserID("nobody"), caller: user.id, to: "sandi baru", current: nil)
            }
            let other = try await rules.user("budi")
            await #expect(throws: ChatFault.forbidden) {
                _ = try await rules.accounts.changePassword(
                    of: other, caller: user.id, to: "sandi baru", current: nil)
            }
        }
    }
}

@Suite struct FriendsTests {
    @Test func aFriendshipIsMutualAndOneChange() throws {
        try withRules { rules in
            let (siti, budi) = try await rules.friends("siti", "budi")
            #expect(try await rules.friends.list(of: siti).map(\.id) == [budi])
            #expect(try await rules.friends.list(of: budi).map(\.id) == [siti])
            let befriendings = rules.house.store.changes.filter {
                if case .befriended = $0 { true } else { false }
            }
            #expect(befriendings.count == 1)
            await #expect(throws: ChatFault.alreadyFriends) {
                _ = try await rules.friends.add("siti", to: budi)
            }
            await #expect(throws: ChatFault.selfFriend) {
                _ = try await rules.friends.add("SITI", to: siti)
            }
            await #expect(throws: ChatFault.friendNotFound) {
                _ = try await rules.friends.add("nobody", to: siti)
            }
        }
    }
}

@Suite struct MessagesTests {
    @Test func whatIsStoredIsSealedForItsPlaceAndReadAgain() throws {
        try withRules { rules in
            let (siti, budi) = try await rules.friends("siti", "budi")
            let sent = try await rules.messages.send(from: siti, to: budi, " halo\r\n", id: nil)
            #expect(sent.content == "halo")
            let stored = try #require(try await rules.house.store.message(sent.id))
            #expect(stored.content == "v1:\(siti)-\(budi)-\(sent.id)|halo")
            let page = try await rules.messages.page(
                of: Conversation(budi, siti), HistoryRange(limit: 10))
            #expect(page == [sent])
        }
    }

    @Test func timestampsIncreaseWhateverTheClockDoes() throws {
        try withRules { rules in
            let (siti, budi) = try await rules.friends("siti", "budi")
            var timestamps: [Int64] = []
            for clock in [5000, 5000, 4000, 9000, 100] as [Int64] {
                rules.time.value = clock
                let sent = try await rules.messages.send(from: siti, to: budi, "x", id: nil)
                timestamps.append(sent.timestamp)
            }
            #expect(timestamps == [5000, 5001, 5002, 9000, 9001])
        }
    }

    @Test func onlyFriendsAreWrittenTo() throws {
        try withRules { rules in
            let (siti, budi) = (try await rules.user("siti"), try await rules.user("budi"))
            await #expect(throws: ChatFault.notFriends) {
                _ = try await rules.messages.send(from: siti, to: budi, "halo", id: nil)
            }
            await #expect(throws: ChatFault.userNotFound) {
                _ = try await rules.messages.send(from: siti, to: UserID("x"), "halo", id: nil)
            }
            #expect(rules.house.vault.texts.isEmpty)
        }
    }

    @Test func anIdIsOneMessageHoweverOftenAndHowConcurrentlyItIsSent() throws {
        try withRules { rules in
            let (siti, budi) = try await rules.friends("siti", "budi")
            let id = MessageID(RandomID.uuid())
            let sent = try await withThrowingTaskGroup(of: Message.self) { group in
                for _ in 0..<8 {
                    group.addTask(executorPreference: rules.house.loop) {
                        try await rules.messages.send(from: siti, to: budi, "halo", id: id)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(sent.map(\.timestamp)).count == 1)
            let added = rules.house.store.changes.filter {
                if case .messageAdded = $0 { true } else { false }
            }
            #expect(added.count == 1)
            for (sender, receiver, text) in [(siti, budi, "lain"), (budi, siti, "halo")] {
                await #expect(throws: ChatFault.idReused) {
                    _ = try await rules.messages.send(from: sender, to: receiver, text, id: id)
                }
            }
        }
    }

    @Test func anIdWhoseSendingFailedMayBeSentAgain() throws {
        try withRules { rules in
            let (siti, budi) = try await rules.friends("siti", "budi")
            let id = MessageID(RandomID.uuid())
            rules.house.vault.change { $0.fault = .unavailable("away") }
            await #expect(throws: VaultFault.self) {
                _ = try await rules.messages.send(from: siti, to: budi, "halo", id: id)
            }
            #expect(try await rules.house.store.message(id) == nil)
            rules.house.vault.change { $0.fault = nil }
            try await rules.house.reaches(.ready)
            let sent = try await rules.messages.send(from: siti, to: budi, "halo", id: id)
            #expect(sent.id == id)
        }
    }

    @Test func aMessageThatIsNotAuthenticDoesNotSpoilTheRest() throws {
        try withRules { rules in
            let (siti, budi) = try await rules.friends("siti", "budi")
            let sent = try await rules.messages.send(from: siti, to: budi, "halo", id: nil)
            let forged = StoredMessage(
                id: MessageID("forged"), senderId: siti, receiverId: budi, content: "v1:x|y",
                timestamp: sent.timestamp + 1)
            try await rules.house.store.commit { _ in (.messageAdded(forged), ()) }
            let page = try await rules.messages.page(
                of: Conversation(siti, budi), HistoryRange())
            #expect(page.map(\.content) == ["halo", Message.unreadable])
            #expect(page.map(\.isAuthentic) == [true, false])
        }
    }

    @Test func pagesForwardsAndBackwardsMeetEveryMessageOnce() throws {
        try withRules { rules in
            let (siti, budi) = try await rules.friends("siti", "budi")
            for number in 0..<25 {
                _ = try await rules.messages.send(from: siti, to: budi, "\(number)", id: nil)
            }
            let conversation = Conversation(siti, budi)
            var forwards: [String] = []
            var range = HistoryRange(after: 0, limit: 7)
            while true {
                let page = try await rules.messages.page(of: conversation, range)
                guard let last = page.last else { break }
                forwards += page.map(\.content)
                range.after = last.timestamp
            }
            #expect(forwards == (0..<25).map(String.init))
            var backwards: [String] = []
            range = HistoryRange(limit: 7)
            while true {
                let page = try await rules.messages.page(of: conversation, range)
                guard let first = page.first else { break }
                backwards = page.map(\.content) + backwards
                range.before = first.timestamp
            }
            #expect(backwards == (0..<25).map(String.init))
        }
    }
}
