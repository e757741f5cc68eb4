import Encoding
import Storage
import Synchronization

/// The store's contract without a disk: every commit is visible at once.
actor MemoryStore: ChatStore {
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
        reading needs: [Fact], _ decide: @Sendable (Facts) throws -> (Change?, Outcome)
    ) async throws -> Outcome {
        try await onCommit.withLock { $0 }?()
        let (change, outcome) = try contents.withLock { contents in
            let messages = Dictionary(
                contents.messages.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
            let facts = Facts(needs, in: contents, messages: messages)
            // Twice: a decision must be pure.
            _ = try decide(facts)
            let (change, outcome) = try decide(facts)
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

    nonisolated func pollFacts(of user: UserID, in conversation: Conversation?) -> PollFacts? {
        contents.withLock { contents in
            let revision =
                conversation.map { contents.conversationRevisions[$0] }
                ?? contents.userRevisions[user]
            return PollFacts(
                epoch: contents.users[user]?.epoch, newestTimestamp: contents.newestTimestamp,
                revision: revision ?? 0,
                hasEnded: conversation.map { conversation in
                    contents.users[conversation.first]?.formerFriends
                        .contains(conversation.second) ?? false
                } ?? false)
        }
    }

    func loadPollFacts(
        of user: UserID, in conversation: Conversation?
    ) async throws(StorageFault) -> PollFacts {
        guard let facts = pollFacts(of: user, in: conversation) else { throw .absent }
        return facts
    }

    func messages(
        in conversation: Conversation, _ range: MessageRange
    ) async throws(StorageFault) -> RecordedMessages {
        let found = contents.withLock { contents in
            contents.messages(in: conversation).filter { message in
                message.timestamp > range.after ?? .min && message.timestamp < range.before ?? .max
            }
        }
        let limit = min(range.limit, MessageRange.limitMax)
        let wanted = range.keepsNewest ? found.suffix(limit) : found.prefix(limit)
        var bytes = 0
        let fitting = wanted.prefix { message in
            defer { bytes += RecordedMessages([message]).byteCount }
            return bytes == 0
                || bytes + RecordedMessages([message]).byteCount <= range.bytesMax
        }
        var messages = RecordedMessages(Array(fitting))
        messages.isCut = fitting.count < wanted.count
        return messages
    }

    func scan(
        after cursor: ScanCursor?, limit: Int
    ) async throws(StorageFault) -> (messages: [StoredMessage], next: ScanCursor?) {
        contents.withLock { contents in
            let start = Int(cursor?.place ?? 0)
            let end = start + limit
            return (
                Array(contents.messages.dropFirst(start).prefix(limit)),
                end < contents.messages.count ? ScanCursor(Int64(end)) : nil
            )
        }
    }

    func message(_ id: MessageID) async throws(StorageFault) -> StoredMessage? {
        contents.withLock { $0.messages.first { $0.id == id } }
    }

    var knownKeys: [Int: ByteText] { contents.withLock { $0.knownKeys } }
    var messageCount: Int { contents.withLock { $0.messageCount } }
    func invite(_ digest: ByteText) -> Invite? { contents.withLock { $0.invite(digest) } }
    func invites() -> [Invite] { contents.withLock { $0.invites } }

    func checkWritable() throws(StorageFault) {
        if case .readOnly(let why) = condition.withLock({ $0 }) { throw .failed(why) }
    }
}
