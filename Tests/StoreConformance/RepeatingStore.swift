package import Encoding
package import Storage

/// Runs every decision twice and uses the second result, like a store after a conflict with other
/// changes. So tests notice side effects of decisions.
package final class RepeatingStore: ChatStore {
    private let store: any ChatStore

    package init(over store: any ChatStore) { self.store = store }

    package func commit<Outcome: Sendable>(
        reading needs: [Fact], _ decide: @Sendable (Facts) throws -> (Change?, Outcome)
    ) async throws -> Outcome {
        try await store.commit(reading: needs) { facts in
            _ = try? decide(facts)
            return try decide(facts)
        }
    }

    package func users() async throws(StorageFault) -> [User] { try await store.users() }

    package func user(_ id: UserID) async throws(StorageFault) -> User? {
        try await store.user(id)
    }

    package func knownID(_ id: UserID) async throws(StorageFault) -> UserID? {
        try await store.knownID(id)
    }

    package func areFriends(_ one: UserID, _ other: UserID) async throws(StorageFault) -> Bool {
        try await store.areFriends(one, other)
    }

    package func sendFacts(
        from sender: UserID, to receiver: UserID
    ) async throws(StorageFault) -> SendFacts? {
        try await store.sendFacts(from: sender, to: receiver)
    }

    package func user(named name: ByteText) async throws(StorageFault) -> User? {
        try await store.user(named: name)
    }

    package func contacts(of id: UserID) async throws(StorageFault) -> [ContactSummary]? {
        try await store.contacts(of: id)
    }

    package func contactChanges(
        of id: UserID, since cursor: UInt64
    ) async throws(StorageFault) -> ContactChanges? {
        try await store.contactChanges(of: id, since: cursor)
    }

    package func lastMessages(
        in conversations: [Conversation], bytesMax: Int
    ) async throws(StorageFault) -> RecordedMessages {
        try await store.lastMessages(in: conversations, bytesMax: bytesMax)
    }

    package func partners(of id: UserID) async throws(StorageFault) -> [UserID] {
        try await store.partners(of: id)
    }

    package func messages(
        in conversation: Conversation, _ range: MessageRange
    ) async throws(StorageFault) -> RecordedMessages {
        try await store.messages(in: conversation, range)
    }

    package func newestMessages(
        in feed: inout MessageFeed, limit: Int, bytesMax: Int
    ) async throws(StorageFault) -> RecordedMessages {
        try await store.newestMessages(in: &feed, limit: limit, bytesMax: bytesMax)
    }

    package func message(_ id: MessageID) async throws(StorageFault) -> StoredMessage? {
        try await store.message(id)
    }

    package func subscriptions(
        of id: UserID
    ) async throws(StorageFault) -> [PushSubscription] {
        try await store.subscriptions(of: id)
    }

    package func scan(
        after cursor: ScanCursor?, limit: Int
    ) async throws(StorageFault) -> (messages: [StoredMessage], next: ScanCursor?) {
        try await store.scan(after: cursor, limit: limit)
    }

    package var photos: (any PhotoStore)? { store.photos }

    package var knownKeys: [Int: ByteText] {
        get async throws(StorageFault) { try await store.knownKeys }
    }

    package var messageCount: Int {
        get async throws(StorageFault) { try await store.messageCount }
    }

    package func invite(_ digest: ByteText) async throws(StorageFault) -> Invite? {
        try await store.invite(digest)
    }

    package func invites() async throws(StorageFault) -> [Invite] { try await store.invites() }

    package func checkWritable() async throws(StorageFault) { try await store.checkWritable() }

    package func observeChanges(_ observer: @escaping @Sendable (UserID) -> Void) {
        store.observeChanges(observer)
    }

    package func pollFacts(of user: UserID, in conversation: Conversation?) -> PollFacts? {
        store.pollFacts(of: user, in: conversation)
    }

    package func loadPollFacts(
        of user: UserID, in conversation: Conversation?
    ) async throws(StorageFault) -> PollFacts {
        try await store.loadPollFacts(of: user, in: conversation)
    }
}

/// A kind of store with a `RepeatingStore` over it.
package struct RepeatingFixture<Fixture: StoreFixture>: StoreFixture {
    private let fixture: Fixture

    package init(over fixture: Fixture) { self.fixture = fixture }

    package func open() async throws -> any ChatStore {
        RepeatingStore(over: try await fixture.open())
    }

    package func restart() async throws -> any ChatStore {
        RepeatingStore(over: try await fixture.restart())
    }

    package func crash() async throws -> any ChatStore {
        RepeatingStore(over: try await fixture.crash())
    }
}
