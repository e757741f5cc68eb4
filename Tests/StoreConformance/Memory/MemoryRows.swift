import Encoding
import Storage

/// The data of contact list rows that users and messages do not hold.
struct MemoryRows: Sendable {
    struct Befriending: Sendable {
        let change: UInt32
        let adding: (by: UserID, at: Int64)?
    }

    /// The last change of each user's row of another.
    var changes: [UserID: [UserID: UInt32]] = [:]
    var befriended: [Conversation: Befriending] = [:]
    /// The time up to which each user has read the conversation with another.
    var readUpTo: [UserID: [UserID: Int64]] = [:]
    /// The oldest change that a cursor of a user may name.
    var oldestCursors: [UserID: UInt32] = [:]

    mutating func forget(_ id: UserID) {
        changes[id] = nil
        oldestCursors[id] = nil
        for user in changes.keys { changes[user]?[id] = nil }
        readUpTo[id] = nil
        for user in readUpTo.keys { readUpTo[user]?[id] = nil }
        befriended = befriended.filter { $0.key.first != id && $0.key.second != id }
    }
}

extension MemoryContents {
    func contacts(of id: UserID) -> [ContactSummary]? {
        guard let user = users[id] else { return nil }
        let all = user.contacts.compactMap { users[$0] }.map { row($0, of: user) }
        let written = all.filter { $0.lastMessage != nil }.sorted { $0.order > $1.order }
        let neverWritten = all.filter { $0.lastMessage == nil }.sorted {
            ($0.username.caseFolded, $0.username) < ($1.username.caseFolded, $1.username)
        }
        return written + neverWritten
    }

    func contactChanges(of id: UserID, since cursor: UInt64) -> ContactChanges? {
        guard let user = users[id], let all = contacts(of: id) else { return nil }
        if cursor == 0 { return .changes(all, removed: []) }
        guard let change = incarnation.change(of: cursor), change <= userChanges[id] ?? 0,
            change >= rows.oldestCursors[id] ?? 0
        else { return .unknownCursor }
        let removed = user.formerFriends.map { friend in
            ContactChanges.Removed(id: friend, changed: changed(friend, of: id))
        }
        return .changes(
            all.filter { $0.changed > cursor },
            removed: removed.filter { $0.changed > cursor }.sorted { $0.changed > $1.changed })
    }

    func lastMessages(in conversations: [Conversation]) -> [StoredMessage] {
        conversations.compactMap { messages(in: $0).last }
    }

    private func changed(_ friend: UserID, of user: UserID) -> UInt64 {
        incarnation.revision(rows.changes[user]?[friend] ?? 0)
    }

    private func row(_ contact: User, of user: User) -> ContactSummary {
        let conversation = Conversation(user.id, contact.id)
        let talk = entries.filter { $0.message.conversation == conversation }
        let befriending = rows.befriended[conversation]
        var row = ContactSummary(id: contact.id, username: contact.username)
        let oldest = incarnation.revision(rows.oldestCursors[user.id] ?? 0)
        row.changed = max(changed(contact.id, of: user.id), oldest)
        row.order = Int64(max(talk.last?.change ?? 0, befriending?.change ?? 0))
        row.addedAt = befriending?.adding?.at
        row.addedBy = befriending?.adding?.by
        row.receivedCount = talk.count { $0.message.senderId == contact.id }
        row.sentCount = talk.count { $0.message.senderId == user.id }
        row.lastDeletedAt = talk.compactMap(\.message.deletedAt).max()
        if let last = talk.last?.message {
            row.lastMessage = .init(senderId: last.senderId, timestamp: last.timestamp)
        }
        row.readUpTo = readUpTo(by: user.id, with: contact.id)
        row.friendReadUpTo = readUpTo(by: contact.id, with: user.id)
        row.unreadCount = talk.count {
            $0.message.senderId == contact.id && !$0.message.isDeleted
                && $0.message.timestamp > row.readUpTo
        }
        return row
    }
}
