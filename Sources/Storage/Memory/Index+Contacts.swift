extension Index {
    func contacts(of id: UserID) -> [ContactSummary]? {
        users.number(of: id).map { contacts(of: $0) }
    }

    func contacts(of user: UInt32) -> [ContactSummary] {
        users.slots[Int(user)].contacts.map { summary($0, of: user) }.sortedByConversation()
    }

    func summary(_ contact: UInt32, of user: UInt32) -> ContactSummary {
        let id = users.slots[Int(contact)].id
        var row = ContactSummary(id: id, username: users.slots[Int(contact)].username)
        let oldest = rows.oldestCursor(of: user)
        row.changed = incarnation.revision(oldest)
        guard let conversation = users.conversation(user, contact) else { return row }
        let isSecond = user > contact
        let userID = users.slots[Int(user)].id
        let pair = rows.pair(conversation)
        row.changed = incarnation.revision(max(pair.changed(forSecond: isSecond), oldest))
        // The order is not that of the timestamps, because the clock may have been set back between
        // two messages.
        row.order = Int64(max(conversations.revisions(of: conversation).order, pair.befriended))
        if pair.adding != .unknown {
            row.addedAt = pair.addedAt
            row.addedBy = (pair.adding == .bySecond) == isSecond ? userID : id
        }
        let read = reads.pair(conversation)
        row.readUpTo = read.upTo(forSecond: isSecond)
        row.friendReadUpTo = read.upTo(forSecond: !isSecond)
        row.unreadCount = read.unread(forSecond: isSecond)
        guard let last = conversations.last(of: conversation) else { return row }
        row.lastMessage = .init(
            senderId: sender(of: last) == contact ? id : userID,
            timestamp: messages.timestamp(of: last))
        row.receivedCount = conversations.count(in: conversation, fromSecond: contact > user)
        row.sentCount = conversations.count(in: conversation, fromSecond: isSecond)
        row.lastDeletedAt = conversations.lastDeletedAt(in: conversation)
        return row
    }
}
