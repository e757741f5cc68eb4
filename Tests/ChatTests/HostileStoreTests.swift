import Encoding
import EventLoop
import InMemoryLogging
import Logging
import RateLimit
import Storage
import Testing
import TestSupport

@testable import Chat

/// The rules over a real store with records that our programs never write. Users can read and
/// write, or get an error.
@Suite struct HostileStoreTests {
    private static let ids = (ana: UserID("ana"), budi: UserID("budi"), citra: UserID("citra"))

    private struct StoreRules: Sendable {
        let store: JSONStore
        let vault: ScriptedVault
        let messages: Messages
        let friends: Friends
        let accounts: Accounts
        let rewrapping: Rewrapping
        let loop: EventLoop
        let log: InMemoryLogHandler
    }

    private static func message(_ id: ByteText, from: UserID, to: UserID, at time: Int64)
        -> StoredMessage
    {
        StoredMessage(
            id: MessageID(id), senderId: from, receiverId: to,
            content: "v1:\(from)-\(to)-\(id)|text", timestamp: time)
    }

    /// Everybody is everybody's friend, and ana her own.
    private static func users(epoch: Int) -> [User] {
        let all = [ids.ana, ids.budi, ids.citra]
        return all.map { id in
            User(
                id: id, username: id.text, password: "p",
                contacts: all.filter { $0 != id || id == ids.ana }, epoch: epoch)
        }
    }

    private static func withRulesOverStore(
        epoch: Int, _ messages: [StoredMessage],
        _ body: @escaping @Sendable (StoreRules) async throws -> Void
    ) throws {
        let temporary = TemporaryFolder()
        defer { withExtendedLifetime(temporary) {} }
        let folder = temporary.path
        let workers = WorkerPool(threads: 1, waitingMax: 20)
        defer { workers.stop() }
        let loop = try EventLoop()
        let log = InMemoryLogHandler()
        let logger = Logger.test(log)
        try loop.run {
            try await StoreFolder(folder).create(
                users: users(epoch: epoch), messages: messages, keys: [:])
            let store = try await JSONStore.open(folder: folder, loop: loop, logger: logger)
            let vault = ScriptedVault(loop: loop)
            vault.change {
                $0.keys.append(VaultKey(version: 2, fingerprint: "bb", isCurrent: true))
            }
            let keys = KeyGuard(vault: vault, store: store, loop: loop, log: RateLimitedLog(logger))
            let fixture = StoreRules(
                store: store, vault: vault,
                messages: Messages(
                    store: store, vault: SharedVault(vault, keys: keys, loop: loop),
                    quotas: Quotas(), loop: loop, clock: { 1_800_000_000_000 },
                    log: RateLimitedLog(logger)),
                friends: Friends(
                    store: store, quotas: Quotas(), loop: loop, clock: { 0 }),
                accounts: try Accounts(
                    store: store, workers: workers, limits: AccountLimits(),
                    clock: { 1_800_000_000_000 }, loop: loop),
                rewrapping: Rewrapping(
                    store: store, vault: vault, keys: keys, loop: loop,
                    log: RateLimitedLog(logger)),
                loop: loop, log: log)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask(executorPreference: loop) { await keys.run() }
                group.addTask(executorPreference: loop) { await fixture.rewrapping.run() }
                defer { group.cancelAll() }
                try await loop.eventually { await keys.state == .ready }
                try await body(fixture)
            }
            await store.close()
        }
    }

    @Test(arguments: [Int64.min, -1, 0, 9_007_199_254_740_990])
    func `a conversation with a time that has a next one goes on`(time: Int64) throws {
        let message = Self.message("m", from: Self.ids.ana, to: Self.ids.budi, at: time)
        try Self.withRulesOverStore(epoch: 0, [message]) { fixture in
            let sent = try await fixture.messages.send(
                from: Self.ids.budi, to: Self.ids.ana, "lagi", id: nil)
            #expect(sent.timestamp > time)
            try await Self.check(fixture, count: 2)
        }
    }

    @Test(arguments: [.max, .max - 1, 1 << 53, 1 << 53 - 1] as [Int64])
    func `a conversation with the last time is read and takes no more`(time: Int64) throws {
        let message = Self.message("m", from: Self.ids.ana, to: Self.ids.budi, at: time)
        try Self.withRulesOverStore(epoch: 0, [message]) { fixture in
            for id in [nil, MessageID(RandomID.uuid())] {
                await #expect(throws: ChatFault.timestampsExhausted) {
                    _ = try await fixture.messages.send(
                        from: Self.ids.ana, to: Self.ids.budi, "lagi", id: id)
                }
            }
            #expect(fixture.log.lines.contains { $0.hasPrefix("message m at byte ") })
            // Others do.
            _ = try await fixture.messages.send(
                from: Self.ids.ana, to: Self.ids.citra, "x", id: nil)
            try await Self.check(fixture, count: 1)
        }
    }

    @Test func `somebody who is a friend of theirs writes to themselves`() throws {
        try Self.withRulesOverStore(
            epoch: 0, [Self.message("m", from: Self.ids.ana, to: Self.ids.ana, at: 5)]
        ) { fixture in
            _ = try await fixture.messages.send(from: Self.ids.ana, to: Self.ids.ana, "x", id: nil)
            let page = try await fixture.messages.page(
                of: Conversation(Self.ids.ana, Self.ids.ana), HistoryRange(), for: Self.ids.ana)
            #expect(page.count == 2)
            let own = try await fixture.friends.list(of: Self.ids.ana)
                .first { $0.id == Self.ids.ana }
            #expect(own?.receivedCount == 2)
            _ = try await fixture.accounts.delete("ana")
            try await fixture.store.fold()
            #expect(await fixture.store.messageCount == 0)
        }
    }

    @Test(arguments: [Int.min, .min + 1, -1, 0, .max])
    func `sessions of any epoch end`(epoch: Int) throws {
        try Self.withRulesOverStore(epoch: epoch, []) { fixture in
            let after = try await fixture.accounts.signOut("ana")
            #expect(after.epoch != epoch)
            #expect(fixture.store.pollFacts(of: Self.ids.ana, in: nil)?.epoch == after.epoch)
            _ = try await fixture.accounts.rename("budi", to: "budiman")
            try await fixture.store.fold()
        }
    }

    @Test func `an answer with too few texts is the vault's fault`() throws {
        let message = Self.message("m", from: Self.ids.ana, to: Self.ids.budi, at: 9)
        try Self.withRulesOverStore(epoch: 0, [message]) { fixture in
            fixture.vault.change { $0.isForgetful = true }
            await #expect(throws: VaultFault.self) {
                _ = try await fixture.messages.page(
                    of: Conversation(Self.ids.ana, Self.ids.budi), HistoryRange(), for: Self.ids.ana
                )
            }
        }
    }

    /// Reads, rewraps and folds all there is.
    private static func check(_ fixture: StoreRules, count: Int) async throws {
        let talk = Conversation(ids.ana, ids.budi)
        for bound in [Int64.min, -1, 0, 1 << 53, .max] {
            for limit in [nil, 1, 500] {
                for range in [
                    HistoryRange(after: bound, limit: limit),
                    HistoryRange(before: bound, limit: limit),
                ] {
                    _ = try await fixture.messages.page(of: talk, range, for: ids.ana)
                }
            }
        }
        let whole = try await fixture.messages.page(of: talk, HistoryRange(), for: ids.ana)
        #expect(whole.count == count)
        #expect(try await fixture.friends.list(of: ids.ana).count == 3)
        _ = await fixture.rewrapping.start()
        try await fixture.loop.eventually { await !fixture.rewrapping.progress.isRunning }
        let progress = await fixture.rewrapping.progress
        #expect(progress.problem == nil && progress.notAuthentic == 0)
        // Only the first message was sealed under the older key.
        #expect(progress.rewrapped == 1 && progress.seen >= count)
        try await fixture.store.fold()
    }
}
