import Encoding
import Storage
import Synchronization

/// The store's contract without a disk: every commit is visible at once.
actor MemoryStore: Store {
    private let contents: Mutex<MemoryContents>
    /// Runs before each commit decides: to hold it up, or to fail it as a disk would.
    private let onCommit: Mutex<(@Sendable () async throws -> Void)?> = Mutex(nil)
    private let changed: Mutex<[Change]> = Mutex([])
    private let condition: Mutex<StoreState> = Mutex(.open)

    init(users: [User] = [], keys: [Int: ByteText] = [:]) {
        var contents = MemoryContents()
        contents.knownKeys = keys
        for user in users { contents.users[user.id] = user }
        self.contents = Mutex(contents)
    }

    /// Every change so far, in order.
    nonisolated var changes: [Change] { changed.withLock { $0 } }

    nonisolated func beforeCommits(_ body: (@Sendable () async throws -> Void)?) {
        onCommit.withLock { $0 = body }
    }

    nonisolated func become(_ state: StoreState) {
        condition.withLock { $0 = state }
    }

    func commit<Outcome: Sendable>(
        _ decide: @Sendable (any Draft) throws -> (Change?, Outcome)
    ) async throws -> Outcome {
        try await onCommit.withLock { $0 }?()
        let (change, outcome) = try contents.withLock { contents in
            let (change, outcome) = try decide(contents)
            if let change { try contents.apply(change) }
            return (change, outcome)
        }
        if let change { changed.withLock { $0.append(change) } }
        return outcome
    }

    func users() -> [User] { contents.withLock { Array($0.users.values) } }
    func user(_ id: UserID) -> User? { contents.withLock { $0.user(id) } }
    func user(named name: ByteText) -> User? { contents.withLock { $0.user(named: name) } }

    func knownID(_ id: UserID) -> UserID? { contents.withLock { $0.users[id]?.id } }

    func areFriends(_ one: UserID, _ other: UserID) -> Bool {
        contents.withLock { $0.areFriends(one, other) }
    }

    func contacts(of id: UserID) -> [ContactSummary]? {
        contents.withLock { $0.contacts(of: id) }
    }

    nonisolated func version(of user: UserID) -> UInt64 {
        contents.withLock { $0.userVersions[user] ?? 0 }
    }

    nonisolated func version(of conversation: Conversation) -> UInt64 {
        contents.withLock { $0.conversationVersions[conversation] ?? 0 }
    }

    func messages(
        in conversation: Conversation, after: Int64?, before: Int64?, limit: Int, newest: Bool,
        bytesMax: Int
    ) async throws(StorageFault) -> RecordedMessages {
        let found = contents.withLock { contents in
            contents.messages(in: conversation).filter { message in
                message.timestamp > after ?? .min && message.timestamp < before ?? .max
            }
        }
        let wanted = newest ? found.suffix(limit) : found.prefix(limit)
        var bytes = 0
        let fitting = wanted.prefix { message in
            defer { bytes += RecordedMessages([message]).runs[0].bytes.count }
            return bytes == 0
                || bytes + RecordedMessages([message]).runs[0].bytes.count <= bytesMax
        }
        var messages = RecordedMessages(Array(fitting))
        messages.isCut = fitting.count < wanted.count
        return messages
    }

    func messages(
        from place: Int, limit: Int
    ) async throws(StorageFault) -> (messages: [StoredMessage], next: Int?) {
        contents.withLock { contents in
            let end = place + limit
            return (
                Array(contents.messages.dropFirst(place).prefix(limit)),
                end < contents.messages.count ? end : nil
            )
        }
    }

    func message(_ id: MessageID) async throws(StorageFault) -> StoredMessage? {
        contents.withLock { $0.messages.first { $0.id == id } }
    }

    nonisolated func standing(of id: UserID) -> Standing {
        contents.withLock { contents in
            Standing(
                epoch: contents.users[id]?.epoch,
                newestTimestamp: contents.newestTimestamp)
        }
    }
    var knownKeys: [Int: ByteText] { contents.withLock { $0.knownKeys } }
    var messageCount: Int { contents.withLock { $0.messageCount } }
    func invite(_ digest: ByteText) -> Invite? { contents.withLock { $0.invite(digest) } }
    func invites() -> [Invite] { contents.withLock { $0.invites } }
    var state: StoreState { condition.withLock { $0 } }
}
