import Encoding
import Storage

/// What a `MemoryStore` holds, and how changes act on it.
struct MemoryContents: FactSource {
    var users: [UserID: User] = [:]
    /// In the order in which they were added.
    private(set) var messages: [StoredMessage] = []
    private(set) var newestTimestamp: Int64 = 0
    var knownKeys: [Int: ByteText] = [:]
    private var invitesByDigest: [ByteText: Invite] = [:]
    private(set) var userRevisions: [UserID: UInt64] = [:]
    private(set) var conversationRevisions: [Conversation: UInt64] = [:]
    private var lastRevision: UInt64 = 0

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
        messages(in: conversation).last?.timestamp
    }

    var messageCount: Int { messages.count }

    func invite(_ digest: ByteText) -> Invite? { invitesByDigest[digest] }

    var invites: [Invite] {
        invitesByDigest.values.sorted { ($0.expiresAt, $0.digest) < ($1.expiresAt, $1.digest) }
    }

    func isUsed(_ id: MessageID) -> Bool { messages.contains { $0.id == id } }

    func messages(in conversation: Conversation) -> [StoredMessage] {
        messages.filter { $0.conversation == conversation }.sorted { $0.timestamp < $1.timestamp }
    }

    func contacts(of id: UserID) -> [ContactSummary]? {
        guard let user = users[id] else { return nil }
        let summaries = user.contacts.compactMap { other -> ContactSummary? in
            guard let contact = users[other] else { return nil }
            let messages = messages(in: Conversation(id, other))
            return ContactSummary(
                id: other, username: contact.username,
                lastMessage: messages.last.map {
                    ContactSummary.LastMessage(senderId: $0.senderId, timestamp: $0.timestamp)
                },
                receivedCount: messages.count { $0.senderId == other })
        }
        return summaries.sorted { one, other in
            switch (one.lastMessage?.timestamp, other.lastMessage?.timestamp) {
            case (let one?, let other?): one > other
            case (.some, nil): true
            case (nil, .some): false
            case (nil, nil): one.username < other.username
            }
        }
    }

    mutating func apply(_ change: Change) throws(StorageFault) {
        switch change {
        case .userAdded(let user): try add(user)
        case .userInvited(let user, let digest):
            guard invitesByDigest[digest] != nil else { throw .refused("no such invitation") }
            try add(user)
            invitesByDigest[digest] = nil
        case .userChanged(let user):
            guard let before = users[user.id] else { throw .refused("no such user") }
            users[user.id]?.username = user.username
            users[user.id]?.password = user.password
            users[user.id]?.epoch = user.epoch
            for contact in before.contacts { touch(contact) }
        case .userRemoved(let id): try remove(id)
        case .befriended(let one, let other):
            guard one != other, users[one] != nil, users[other] != nil,
                !areFriends(one, other), !areFriends(other, one)
            else { throw .refused("these two cannot become friends") }
            for (id, friend) in [(one, other), (other, one)] {
                users[id]?.contacts.append(friend)
                users[id]?.blocked.removeAll { $0 == friend }
                users[id]?.formerFriends.removeAll { $0 == friend }
                touch(id)
            }
        case .parted(let one, let other): part(one, other)
        case .blocked(let one, let other):
            guard one != other, users[one] != nil, users[other] != nil,
                !isBlocked(one, by: other)
            else { throw .refused("this user cannot be blocked") }
            if areFriends(one, other) || areFriends(other, one) { part(one, other) }
            users[other]?.blocked.append(one)
        case .unblocked(let one, let other): users[other]?.blocked.removeAll { $0 == one }
        case .messageAdded(let message): try add(message)
        case .messageReplaced(let id, let from, let to):
            guard let index = messages.firstIndex(where: { $0.id == id }),
                messages[index].content == from
            else { throw .stale }
            messages[index].content = to
        case .keySeen(let version, let fingerprint):
            guard knownKeys[version] == nil else { throw .refused("the version is known") }
            knownKeys[version] = fingerprint
        case .keyForgotten(let version): knownKeys[version] = nil
        case .invitesAdded(let invites):
            for invite in invites { invitesByDigest[invite.digest] = invite }
        case .invitesRemoved(let digests):
            for digest in digests { invitesByDigest[digest] = nil }
        }
    }

    private mutating func add(_ user: User) throws(StorageFault) {
        let isNameFree = !users.values.contains { $0.username == user.username }
        guard users[user.id] == nil, isNameFree, user.contacts.isEmpty else {
            throw .refused("the id or the name is taken, or there are contacts")
        }
        users[user.id] = user
        touch(user.id)
    }

    private mutating func add(_ message: StoredMessage) throws(StorageFault) {
        guard !isUsed(message.id),
            message.timestamp > lastTimestamp(in: message.conversation) ?? .min
        else { throw .refused("the id is used, or the timestamp is not the newest") }
        messages.append(message)
        newestTimestamp = max(newestTimestamp, message.timestamp)
        touch(message.conversation)
    }

    private mutating func remove(_ id: UserID) throws(StorageFault) {
        guard users.removeValue(forKey: id) != nil else { throw .refused("no such user") }
        for other in users.keys where areFriends(other, id) {
            users[other]?.contacts.removeAll { $0 == id }
            touch(other)
        }
        let gone = messages.filter { $0.senderId == id || $0.receiverId == id }
        messages.removeAll { $0.senderId == id || $0.receiverId == id }
        for conversation in Set(gone.map(\.conversation)) { touch(conversation) }
    }

    private mutating func part(_ one: UserID, _ other: UserID) {
        for (id, friend) in [(one, other), (other, one)] {
            users[id]?.contacts.removeAll { $0 == friend }
            users[id]?.formerFriends.append(friend)
            touch(id)
        }
    }

    private mutating func touch(_ user: UserID) {
        lastRevision += 1
        userRevisions[user] = lastRevision
    }

    private mutating func touch(_ conversation: Conversation) {
        lastRevision += 1
        conversationRevisions[conversation] = lastRevision
        touch(conversation.first)
        touch(conversation.second)
    }
}
