package import Encoding
package import Storage
import Synchronization

/// The store's contract without a disk: every commit is visible at once.
package actor MemoryStore: ChatStore {
    private let contents: Mutex<MemoryContents>
    /// Runs before each commit decides: to hold it up, or to fail it as a disk would.
    private let onCommit: Mutex<(@Sendable () async throws -> Void)?> = Mutex(nil)
    private let changed: Mutex<[Change]> = Mutex([])
    private let observer: Mutex<(@Sendable (UserID) -> Void)?> = Mutex(nil)

    package init(users: [User] = [], keys: [Int: ByteText] = [:]) {
        contents = Mutex(MemoryContents(users: users, keys: keys))
    }

    /// Every change so far, in order.
    package nonisolated var changes: [Change] { changed.withLock { $0 } }

    package nonisolated func beforeCommits(_ body: (@Sendable () async throws -> Void)?) {
        onCommit.withLock { $0 = body }
    }

    package func commit<Outcome: Sendable>(
        reading needs: [Fact], _ decide: @Sendable (Facts) throws -> (Change?, Outcome)
    ) async throws -> Outcome {
        try await onCommit.withLock { $0 }?()
        let before = contents.withLock { $0.userChanges }
        defer { tellObserver(of: before) }
        return try contents.withLock { contents in
            var messages: [MessageID: StoredMessage] = [:]
            for case .message(let id) in needs { messages[id] = contents.message(id) }
            let (change, outcome) = try decide(Facts(needs, in: contents, messages: messages))
            if let change {
                try contents.apply(change)
                changed.withLock { $0.append(change) }
            }
            return outcome
        }
    }

    package nonisolated func observeChanges(_ observer: @escaping @Sendable (UserID) -> Void) {
        self.observer.withLock { $0 = observer }
    }

    private func tellObserver(of before: [UserID: UInt32]) {
        guard let observer = observer.withLock({ $0 }) else { return }
        let after = contents.withLock { $0.userChanges }
        for id in Set(before.keys).union(after.keys) where before[id] != after[id] { observer(id) }
    }

    package func users() -> [User] { contents.withLock { Array($0.users.values) } }
    package func user(_ id: UserID) -> User? { contents.withLock { $0.user(id) } }
    package func user(named name: ByteText) -> User? { contents.withLock { $0.user(named: name) } }
    package func knownID(_ id: UserID) -> UserID? { contents.withLock { $0.users[id]?.id } }

    package func areFriends(_ one: UserID, _ other: UserID) -> Bool {
        contents.withLock { $0.areFriends(one, other) }
    }

    package func sendFacts(from sender: UserID, to receiver: UserID) -> SendFacts? {
        contents.withLock { contents in
            contents.users[receiver].map { user in
                SendFacts(
                    receiver: user.id, areFriends: contents.areFriends(sender, receiver),
                    messageCount: contents.messageCount,
                    hasSubscriptions: !user.subscriptions.isEmpty)
            }
        }
    }

    package func contacts(of id: UserID) -> [ContactSummary]? {
        contents.withLock { $0.contacts(of: id) }
    }

    package func contactChanges(of id: UserID, since cursor: UInt64) -> ContactChanges? {
        contents.withLock { $0.contactChanges(of: id, since: cursor) }
    }

    package func lastMessages(
        in conversations: [Conversation], bytesMax: Int
    ) -> RecordedMessages {
        let wanted = contents.withLock { $0.lastMessages(in: conversations) }
        return RecordedMessages(wanted, bytesMax: bytesMax, of: wanted.count)
    }

    package func partners(of id: UserID) -> [UserID] {
        let entries = contents.withLock { $0.entries }
        let people = entries.map { ($0.message.senderId, $0.message.receiverId) }
            .filter { $0.0 == id || $0.1 == id }
        return Array(Set(people.map { $0.0 == id ? $0.1 : $0.0 }))
    }

    package nonisolated func pollFacts(
        of user: UserID, in conversation: Conversation?
    ) -> PollFacts? {
        contents.withLock { $0.pollFacts(of: user, in: conversation) }
    }

    package func loadPollFacts(of user: UserID, in conversation: Conversation?) -> PollFacts {
        contents.withLock { $0.pollFacts(of: user, in: conversation) }
    }

    package func messages(
        in conversation: Conversation, _ range: MessageRange
    ) -> RecordedMessages {
        let messages = contents.withLock { $0.messages(in: conversation) }
        let wanted = Array(range.wanted(of: messages))
        return RecordedMessages(wanted, bytesMax: range.bytesMax, of: wanted.count)
    }

    package func newestMessages(
        in feed: inout MessageFeed, limit: Int, bytesMax: Int
    ) -> RecordedMessages {
        let all = contents.withLock { $0.feed(of: feed) }
        let wanted = all.prefix(min(max(limit, 0), MessageRange.limitMax))
        let page = RecordedMessages(
            wanted.map(\.1), bytesMax: bytesMax, of: wanted.count)
        if !page.isEmpty { feed.place = wanted[page.count - 1].0 }
        feed.isAtEnd = page.count == all.count
        return page
    }

    package func message(_ id: MessageID) -> StoredMessage? { contents.withLock { $0.message(id) } }

    package func scan(
        after cursor: ScanCursor?, limit: Int
    ) -> (messages: [StoredMessage], next: ScanCursor?) {
        let rest = contents.withLock { contents in
            contents.entries.filter { entry in cursor.map { entry.number > $0.place } ?? true }
        }
        let page = rest.prefix(limit)
        let isLast = page.count == rest.count
        return (page.map(\.message), isLast ? nil : page.last.map { ScanCursor($0.number) })
    }

    package func subscriptions(of id: UserID) -> [PushSubscription] {
        contents.withLock { $0.user(id)?.subscriptions.list ?? [] }
    }

    package var knownKeys: [Int: ByteText] { contents.withLock { $0.knownKeys } }
    package var messageCount: Int { contents.withLock { $0.messageCount } }
    package func invite(_ digest: ByteText) -> Invite? { contents.withLock { $0.invite(digest) } }
    package func invites() -> [Invite] { contents.withLock { $0.invites } }
    package func checkWritable() {}
}

extension MessageRange {
    /// Returns the page of a whole conversation without its limit in bytes.
    package func wanted(of all: [StoredMessage]) -> ArraySlice<StoredMessage> {
        let limit = min(max(limit, 0), MessageRange.limitMax)
        if let deletedAfter {
            return all.filter { $0.deletedAt ?? .min > deletedAfter }
                .sorted { $0.deletedAt ?? 0 < $1.deletedAt ?? 0 }.prefix(limit)
        }
        let found = all.filter { message in
            after.map { message.timestamp > $0 } ?? true
                && before.map { message.timestamp < $0 } ?? true
        }
        return keepsNewest ? found.suffix(limit) : found.prefix(limit)
    }
}
