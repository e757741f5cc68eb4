internal import Encoding

extension Index {
    func contacts(of id: UserID) -> [ContactSummary]? {
        guard let user = users.number(of: id) else { return nil }
        var written: [(order: UInt32, summary: ContactSummary)] = []
        var neverWritten: [(name: ByteText, summary: ContactSummary)] = []
        for contact in users.slots[Int(user)].contacts {
            let summary = summary(contact, of: user)
            if summary.lastMessage != nil {
                let conversation = users.conversation(user, contact)
                let order = conversation.map { conversations.revisions(of: $0).order } ?? 0
                written.append((order, summary))
            } else {
                neverWritten.append((summary.username.caseFolded, summary))
            }
        }
        // The order is not that of the timestamps, because the clock may have been set back between
        // two messages.
        written.sort { $0.order > $1.order }
        neverWritten.sort { ($0.name, $0.summary.username) < ($1.name, $1.summary.username) }
        return written.map(\.summary) + neverWritten.map(\.summary)
    }

    private func summary(_ contact: UInt32, of user: UInt32) -> ContactSummary {
        let id = users.slots[Int(contact)].id
        var lastMessage: ContactSummary.LastMessage?
        var receivedCount = 0
        if let conversation = users.conversation(user, contact) {
            let count = conversations.count(of: conversation)
            if count > 0 {
                let number = conversations.number(count - 1, in: conversation)
                let isFromContact = sender(of: number) == contact
                lastMessage = .init(
                    senderId: isFromContact ? id : users.slots[Int(user)].id,
                    timestamp: messages.timestamp(of: number))
            }
            receivedCount = conversations.count(in: conversation, fromSecond: contact > user)
        }
        return ContactSummary(
            id: id, username: users.slots[Int(contact)].username, lastMessage: lastMessage,
            receivedCount: receivedCount)
    }
}
