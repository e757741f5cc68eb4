import Encoding
import Storage
import TestSupport

/// Any run of changes, over restarts and crashes.
enum RestartCases {
    static let all = [
        StoreCase("any run of changes leads to what one in memory leads to", isAsInMemory),
        StoreCase("everything outlives an orderly restart", outlivesRestart),
        StoreCase("everything but markers outlives a crash", needsCrash: true, outlivesCrash),
    ]

    /// Whether two stores did the same, apart from the words of a refusal.
    private static func kind(of fault: StorageFault?) -> StorageFault? {
        fault.map { $0.isRefusal ? .refused("") : $0 }
    }

    private static func commit(
        _ change: Change, to store: any ChatStore
    ) async throws -> StorageFault? {
        do {
            try await store.commit(change)
            return nil
        } catch let fault as StorageFault { return fault }
    }

    private static func run(
        _ fixture: any StoreFixture, _ count: Int, keepsMarkers: Bool = true,
        endingWith end: () async throws -> any ChatStore
    ) async throws {
        var random = SeededGenerator()
        let seed = random.seed
        var store = try await fixture.open()
        let model = MemoryStore()
        var changes = RandomChanges()
        for number in 0..<count {
            let change = changes.next(using: &random)
            let found = try await commit(change, to: store)
            let expected = try await commit(change, to: model)
            // A marker that a crash has lost may move again.
            if case .messagesRead = change, !keepsMarkers { continue }
            try expect(
                "seed \(seed), \(number), \(change)", kind(of: found), is: kind(of: expected))
            if number % 50 == 49 { store = try await end() }
            if number % 10 == 9 {
                let found = try await Everything(of: store, withMarkers: keepsMarkers)
                let expected = try await Everything(of: model, withMarkers: keepsMarkers)
                try expect("seed \(seed), after change \(number)", found, is: expected)
            }
        }
    }

    @Sendable private static func isAsInMemory(_ fixture: any StoreFixture) async throws {
        try await run(fixture, 200) { try await fixture.restart() }
    }

    @Sendable private static func outlivesCrash(_ fixture: any StoreFixture) async throws {
        try await run(fixture, 200, keepsMarkers: false) { try await fixture.crash() }
    }

    @Sendable private static func outlivesRestart(_ fixture: any StoreFixture) async throws {
        var store = try await fixture.open()
        try await store.addFriends()
        try await store.add("m1", from: .ana, to: .budi, at: 10)
        try await store.commit(.keySeen(version: 1, fingerprint: "aa"))
        try await store.commit(.invitesAdded([Invite(digest: "0a", expiresAt: 7)]))
        let before = try await Everything(of: store)
        for round in 0..<2 {
            store = try await fixture.restart()
            try expect("restart \(round)", try await Everything(of: store), is: before)
        }
    }
}
