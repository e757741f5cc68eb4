extension JSONStore {
    package func contacts(of id: UserID) -> [ContactSummary]? {
        let index = ledger.index
        guard let user = index.users.number(of: id) else { return nil }
        return index.users[user].contacts
            .map { (summary($0, of: user), index.users[$0].username.lowercased()) }
            .sorted { one, other in
                let (time, otherTime) = (
                    one.0.lastMessage?.timestamp, other.0.lastMessage?.timestamp
                )
                if time != otherTime { return time ?? .min > otherTime ?? .min }
                return (one.1, one.0.username) < (other.1, other.0.username)
            }
            .map(\.0)
    }

    private func summary(_ contact: UInt32, of user: UInt32) -> ContactSummary {
        let index = ledger.index
        var lastMessage: ContactSummary.LastMessage?
        var receivedCount = 0
        if let conversation = index.users.conversation(user, contact) {
            let count = index.conversations.count(of: conversation)
            if count > 0 {
                let number = index.conversations.number(count - 1, in: conversation)
                lastMessage = .init(
                    senderId: index.users[index.sender(of: number)].id,
                    timestamp: index.messages.timestamp(of: number))
            }
            receivedCount = index.conversations.count(
                in: conversation, fromSecond: contact > user)
        }
        let slot = index.users[contact]
        return ContactSummary(
            id: slot.id, username: slot.username, lastMessage: lastMessage,
            receivedCount: receivedCount)
    }
}
