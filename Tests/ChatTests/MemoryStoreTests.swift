import Encoding
import Storage
import Testing

@Suite struct MemoryStoreTests {
    private static let (anna, budi) = (UserID("a"), UserID("b"))

    private func house() async throws -> MemoryStore {
        let store = MemoryStore()
        for (id, name) in [(Self.anna, "anna"), (Self.budi, "Budi")] as [(UserID, ByteText)] {
            try await commit(.userAdded(User(id: id, username: name, password: "x")), to: store)
        }
        try await commit(.befriended(Self.anna, Self.budi), to: store)
        return store
    }

    private func commit(_ change: Change, to store: MemoryStore) async throws {
        var needs: [Fact] = []
        if case .messageReplaced(let id, _, _) = change { needs = [.message(id)] }
        try await store.commit(reading: needs) { _ in (change, ()) }
    }

    private func message(_ id: ByteText, at time: Int64) -> StoredMessage {
        StoredMessage(
            id: MessageID(id), senderId: Self.anna, receiverId: Self.budi, content: "v1:\(id)",
            timestamp: time)
    }

    @Test func `it does what a store does`() async throws {
        let store = try await house()
        let conversation = Conversation(Self.budi, Self.anna)
        for time in 1...5 {
            try await commit(.messageAdded(message("m\(time)", at: Int64(time))), to: store)
        }
        #expect(await store.user(named: "budi")?.id == Self.budi)
        let facts = try await store.currentPollFacts(of: Self.anna, in: conversation)
        #expect(facts.newestTimestamp == 5)
        let middle = try await store.messages(
            in: conversation, MessageRange(after: 1, before: 5, limit: 2, keepsNewest: true))
        #expect(middle.messages.map(\.timestamp) == [3, 4])
        #expect(await store.contacts(of: Self.budi)?.first?.receivedCount == 5)

        try await commit(.messageReplaced(MessageID("m1"), from: "v1:m1", to: "v2:m1"), to: store)
        #expect(store.pollFacts(of: Self.anna, in: conversation) == facts)
        #expect(try await store.message(MessageID("m1"))?.content == "v2:m1")
        await #expect(throws: StorageFault.stale) {
            try await commit(
                .messageReplaced(MessageID("m1"), from: "v1:m1", to: "v3:m1"), to: store)
        }
        try await commit(.userRemoved(Self.anna), to: store)
        #expect(store.pollFacts(of: Self.budi, in: conversation)?.revision != facts.revision)
        #expect(await store.contacts(of: Self.budi) == [])
        #expect(try await store.message(MessageID("m1")) == nil)
    }

    @Test func `it refuses what does not fit`() async throws {
        let store = try await house()
        try await commit(.messageAdded(message("m", at: 5)), to: store)
        let unfit: [Change] = [
            .userAdded(User(id: UserID("c"), username: "anna", password: "x")),
            .befriended(Self.anna, Self.budi), .messageAdded(message("m", at: 6)),
            .messageAdded(message("n", at: 5)), .userRemoved(UserID("c")),
        ]
        for change in unfit {
            await #expect(throws: StorageFault.self) { try await commit(change, to: store) }
        }
    }
}
