import Encoding
import EventLoop
import RateLimit
import Storage
import StoreConformance
import Testing
import TestSupport

@testable import Chat

@Suite struct RewrappingTests {
    private static let people = (siti: UserID("siti"), budi: UserID("budi"))

    @Test func `a content that is committed behind the scan moves too`() throws {
        try withGuard { fixture in
            fixture.vault.change { script in
                script.keys.append(VaultKey(version: 2, fingerprint: "bb", isCurrent: true))
                script.beforeRewrap = {
                    fixture.vault.change { $0.beforeRewrap = nil }
                    try? await Self.add("late", under: 1, at: 9, to: fixture.store)
                }
            }
            let progress = try await Self.rewrap(fixture, ["early"])
            #expect(progress.rewrapped == 2)
            #expect(progress.seen == 2)
            #expect(fixture.vault.noted == [[2: 2]])
        }
    }

    @Test func `counts are told under one current key alone`() throws {
        try withGuard { fixture in
            fixture.vault.change { script in
                script.keys = [.first, Self.key(2, isCurrent: true), Self.key(3)]
                script.beforeRewrap = {
                    fixture.vault.change { script in
                        guard script.noted.isEmpty else { return }
                        script.keys = [.first, Self.key(2), Self.key(3, isCurrent: true)]
                    }
                }
            }
            _ = try await Self.rewrap(fixture, ["early"])
            #expect(fixture.vault.noted == [[3: 1]])
        }
    }

    @Test(arguments: [false, true])
    func `a bare content that does not move needs the legacy key`(isRetired: Bool) throws {
        try withGuard { fixture in
            let legacy = VaultKey(
                version: 3, fingerprint: "cc", isLegacy: true, isRetired: isRetired)
            fixture.vault.change { $0.keys = [Self.key(1, isCurrent: true), legacy] }
            let progress = try await Self.rewrap(fixture, ["one"], bare: ["two", "three"])
            #expect(progress.notAuthentic == 2)
            #expect(fixture.vault.noted == [[1: 1, 3: 2]])
        }
    }

    private static func key(_ version: Int, isCurrent: Bool = false) -> VaultKey {
        VaultKey(version: version, fingerprint: "f\(version)", isCurrent: isCurrent)
    }

    /// Rewraps a store with these messages.
    private static func rewrap(
        _ fixture: KeyGuardFixture, _ sealed: [ByteText], bare: [ByteText] = []
    ) async throws -> Rewrapping.Progress {
        for id in [people.siti, people.budi] {
            let user = User(id: id, username: id.text, password: "", epoch: 0)
            try await fixture.store.commit(reading: []) { _ in (.userAdded(user), ()) }
        }
        try await fixture.store.commit(reading: []) { _ in
            (.befriended(people.siti, people.budi), ())
        }
        for (index, id) in (sealed + bare).enumerated() {
            let version = index < sealed.count ? 1 : nil
            try await add(id, under: version, at: Int64(index), to: fixture.store)
        }
        let rewrapping = Rewrapping(
            store: fixture.store, vault: fixture.vault, keys: fixture.keyGuard,
            loop: fixture.loop, log: RateLimitedLog(.test(fixture.log)))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask(executorPreference: fixture.loop) { await fixture.keyGuard.run() }
            group.addTask(executorPreference: fixture.loop) { await rewrapping.run() }
            defer { group.cancelAll() }
            try await fixture.reaches(.ready)
            _ = await rewrapping.start()
            try await fixture.loop.eventually { await !rewrapping.progress.isRunning }
        }
        let progress = await rewrapping.progress
        #expect(progress.problem == nil)
        return progress
    }

    private static func add(
        _ id: ByteText, under version: Int?, at time: Int64, to store: any ChatStore
    ) async throws {
        let message = StoredMessage(
            id: MessageID(id), senderId: people.siti, receiverId: people.budi,
            content: version.map { "v\($0):siti-budi-\(id)|text" } ?? "c2VhbGVk", timestamp: time)
        try await store.commit(reading: []) { _ in (.messageAdded(message), ()) }
    }
}
