import Encoding
import Storage

/// The contents of a `MemoryStore`.
struct MemoryContents: FactSource {
    struct Entry: Sendable {
        /// Numbers the messages in the order in which they were added; no number comes twice.
        let number: Int64
        /// The change that added it.
        let change: UInt32
        var message: StoredMessage
    }

    private(set) var users: [UserID: User] = [:]
    var rows = MemoryRows()
    /// In the order of their numbers.
    private(set) var entries: [Entry] = []
    private(set) var newestTimestamp: Int64 = 0
    private(set) var knownKeys: [Int: ByteText]
    private var invitesByDigest: [ByteText: Invite] = [:]
    private var lastEntry: Int64 = 0

    let incarnation = Incarnation()
    /// The number of the last change: each gets the next.
    private(set) var lastChange: UInt32 = 0
    /// The last change that altered the user's contact list.
    private(set) var userChanges: [UserID: UInt32] = [:]
    /// The last change that added, deleted or removed a message.
    private var conversationChanges: [Conversation: UInt32] = [:]

    init(users: [User], keys: [Int: ByteText]) {
        for user in users { self.users[user.id] = user }
        knownKeys = keys
    }

    func user(_ id: UserID) -> User? { users[id] }
    func hasUser(_ id: UserID) -> Bool { users[id] != nil }

    func user(named name: ByteText) -> User? {
        users.values.first { $0.username == name }
            ?? users.values.first { $0.username.caseFolded == name.caseFolded }
    }

    func areFriends(_ one: UserID, _ other: UserID) -> Bool {
        users[one]?.contacts.contains(other) ?? false
    }

    func isBlocked(_ one: UserID, by other: UserID) -> Bool {
        users[other]?.blocked.contains(one) ?? false
    }

    func lastTimestamp(in conversation: Conversation) -> Int64? {
        let messages = messages(in: conversation)
        return (messages.map(\.timestamp) + messages.compactMap(\.deletedAt)).max()
    }

    func readUpTo(by reader: UserID, with other: UserID) -> Int64 {
        rows.readUpTo[reader]?[other] ?? 0
    }

    func timestamp(of conversation: Conversation, upTo time: Int64) -> Int64? {
        messages(in: conversation).map(\.timestamp).filter { $0 <= time }.max()
    }

    var messageCount: Int { entries.count }
    var subscriptionCount: Int { users.values.reduce(0) { $0 + $1.subscriptions.count } }
    func isUsed(_ id: MessageID) -> Bool { message(id) != nil }
    func invite(_ digest: ByteText) -> Invite? { invitesByDigest[digest] }

    var invites: [Invite] {
        invitesByDigest.values.sorted { ($0.expiresAt, $0.digest) < ($1.expiresAt, $1.digest) }
    }

    func message(_ id: MessageID) -> StoredMessage? {
        entries.first { $0.message.id == id }?.message
    }

    /// Oldest first: the order in which they were added, since timestamps increase.
    func messages(in conversation: Conversation) -> [StoredMessage] {
        entries.map(\.message).filter { $0.conversation == conversation }
    }

    /// Returns the messages that a feed still has to deliver.
    func feed(of feed: MessageFeed) -> [(place: MessageFeed.Place, message: StoredMessage)] {
        var found: [(place: MessageFeed.Place, message: StoredMessage)] = []
        for friend in users[feed.user]?.contacts ?? [] where feed.friend ?? friend == friend {
            for message in messages(in: Conversation(feed.user, friend)) where !message.isDeleted {
                let place = MessageFeed.Place(timestamp: message.timestamp, friend: friend)
                if feed.place?.precedes(place) ?? true { found.append((place, message)) }
            }
        }
        return found.sorted { $0.place.precedes($1.place) }
    }

    func pollFacts(of user: UserID, in conversation: Conversation?) -> PollFacts {
        let change = conversation.map { conversationChanges[$0] } ?? userChanges[user]
        let other = conversation.map { $0.first == user ? $0.second : $0.first }
        let hasEnded = other.map { users[user]?.formerFriends.contains($0) ?? false }
        return PollFacts(
            epoch: users[user]?.epoch, newestTimestamp: newestTimestamp,
            revision: incarnation.revision(change ?? 0), hasEnded: hasEnded ?? false)
    }

    mutating func apply(_ change: Change) throws(StorageFault) {
        if change.isStale(message) { throw .stale }
        if let problem = problem(with: change) ?? repetition(in: change) {
            throw .refused(problem)
        }
        lastChange += 1
        switch change {
        case .userAdded(let user): add(user)
        case .userInvited(let user, let digest):
            add(user)
            invitesByDigest[digest] = nil
        case .userChanged(let user): self.change(user)
        case .userRemoved(let id): remove(id)
        case .befriended(let one, let other, let time): befriend(one, other, at: time)
        case .parted(let one, let other): part(one, other)
        case .blocked(let one, let other):
            if areFriends(one, other) || areFriends(other, one) { part(one, other) }
            if let known = users[one]?.id { users[other]?.blocked.append(known) }
        case .unblocked(let one, let other): users[other]?.blocked.removeAll { $0 == one }
        case .messageAdded(let message): add(message)
        case .messageReplaced(let id, _, let content):
            for index in entries.indices where entries[index].message.id == id {
                entries[index].message.reseal(content)
            }
        case .messageDeleted(let tombstone): delete(tombstone)
        case .messagesRead(let reader, let other, let time):
            rows.readUpTo[reader, default: [:]][other] = time
            touchRows(reader, other)
        case .keySeen(let version, let fingerprint): knownKeys[version] = fingerprint
        case .keyForgotten(let version): knownKeys[version] = nil
        case .subscribed(let id, let subscription):
            for owner in users.keys { users[owner]?.subscriptions.remove([subscription.endpoint]) }
            users[id]?.subscriptions.add(subscription)
        case .unsubscribed(let id, let endpoints): users[id]?.subscriptions.remove(endpoints)
        case .invitesAdded(let invites):
            for invite in invites { invitesByDigest[invite.digest] = invite }
        case .invitesRemoved(let digests):
            for digest in digests { invitesByDigest[digest] = nil }
        }
    }

    private mutating func add(_ user: User) {
        users[user.id] = user
        touch([user.id])
    }

    private mutating func change(_ user: User) {
        guard let before = users[user.id] else { return }
        users[user.id]?.username = user.username
        users[user.id]?.password = user.password
        users[user.id]?.epoch = user.epoch
        if before.epoch != user.epoch { users[user.id]?.subscriptions = PushSubscriptions() }
        guard before.username != user.username else { return }
        for friend in before.contacts { touchRow(of: friend, user.id) }
    }

    private mutating func befriend(_ one: UserID, _ other: UserID, at time: Int64?) {
        for (user, friend) in [(one, other), (other, one)] {
            users[user]?.blocked.removeAll { $0 == friend }
            users[user]?.formerFriends.removeAll { $0 == friend }
            guard let known = users[friend]?.id, !areFriends(user, friend) else { continue }
            users[user]?.contacts.append(known)
        }
        let adding = time.map { (by: users[one]?.id ?? one, at: $0) }
        rows.befriended[Conversation(one, other)] = .init(change: lastChange, adding: adding)
        touchRows(one, other)
    }

    private mutating func part(_ one: UserID, _ other: UserID) {
        for (user, friend) in [(one, other), (other, one)] {
            users[user]?.contacts.removeAll { $0 == friend }
            guard let known = users[friend]?.id else { continue }
            if users[user]?.formerFriends.contains(known) == true { continue }
            users[user]?.formerFriends.append(known)
        }
        touchRows(one, other)
    }

    private mutating func add(_ message: StoredMessage) {
        lastEntry += 1
        entries.append(Entry(number: lastEntry, change: lastChange, message: message))
        newestTimestamp = max(newestTimestamp, message.timestamp)
        touchRows(message.senderId, message.receiverId)
        conversationChanges[message.conversation] = lastChange
    }

    private mutating func delete(_ tombstone: StoredMessage) {
        for index in entries.indices where entries[index].message.id == tombstone.id {
            entries[index].message = tombstone
        }
        newestTimestamp = max(newestTimestamp, tombstone.deletedAt ?? 0)
        touchRows(tombstone.senderId, tombstone.receiverId)
        conversationChanges[tombstone.conversation] = lastChange
    }

    private mutating func remove(_ id: UserID) {
        let seen = (users[id]?.contacts ?? []) + (users[id]?.formerFriends ?? [])
        for other in users.keys {
            users[other]?.contacts.removeAll { $0 == id }
            users[other]?.blocked.removeAll { $0 == id }
            users[other]?.formerFriends.removeAll { $0 == id }
        }
        users[id] = nil
        userChanges[id] = nil
        rows.forget(id)
        for other in seen {
            touch([other])
            rows.oldestCursors[other] = lastChange
        }
        entries.removeAll { $0.message.senderId == id || $0.message.receiverId == id }
        conversationChanges = conversationChanges.filter {
            $0.key.first != id && $0.key.second != id
        }
    }

    private mutating func touch(_ ids: [UserID]) {
        for id in ids { userChanges[id] = lastChange }
    }

    private mutating func touchRows(_ one: UserID, _ other: UserID) {
        touchRow(of: one, other)
        touchRow(of: other, one)
    }

    private mutating func touchRow(of user: UserID, _ friend: UserID) {
        touch([user])
        rows.changes[user, default: [:]][friend] = lastChange
    }
}
