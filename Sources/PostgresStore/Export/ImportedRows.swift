internal import Encoding
internal import Storage

/// The rows of `friends` that a batch of an import alters.
struct ImportedRows {
    private(set) var rows: [Pair: FriendRow] = [:]
    /// The pairs whose rows have to be loaded before.
    let pairs: [Pair]

    init(_ pairs: Set<Pair>) {
        self.pairs = Array(pairs.union(pairs.map(\.reversed)))
    }

    /// Takes the rows of `Loading.pairs`. Each pair without one gets a new one.
    mutating func take(_ found: Rows) {
        for pair in pairs { rows[pair] = FriendRow(pair) }
        found.forEach { row in
            let friend = FriendRow(row)
            rows[friend.pair] = friend
        }
    }

    var statement: Statement { FriendRow.writing(Array(rows.values)) }

    private mutating func alter(_ pair: Pair, _ body: (inout FriendRow) -> Void) {
        body(&rows[pair, default: FriendRow(pair)])
    }

    // MARK: Users

    /// Returns the people whom a record names.
    static func partners(of record: UserRecord) -> [UserID] {
        record.user.contacts + record.user.blocked + record.user.formerFriends
            + record.conversations.map(\.partner)
    }

    mutating func add(_ record: UserRecord) {
        let own = record.user.id
        for (place, friend) in record.user.contacts.enumerated() {
            alter(Pair(own, friend)) { $0.contact = Int64(place + 1) }
        }
        for (place, other) in record.user.blocked.enumerated() {
            alter(Pair(own, other)) { $0.blocked = Int64(place + 1) }
        }
        for (place, other) in record.user.formerFriends.enumerated() {
            alter(Pair(own, other)) { $0.former = Int64(place + 1) }
        }
        for conversation in record.conversations {
            let (recorded, pair) = (conversation.row, Pair(own, conversation.partner))
            alter(pair) { row in
                row.changed = Int64(recorded.changed)
                row.befriended = recorded.befriended > 0 ? Int64(recorded.befriended) : nil
                row.addedAt = recorded.addedAt
                row.addedByUser = recorded.addedAt == nil ? nil : recorded.isAddedByUser
                row.readUpTo = recorded.readUpTo
                row.talkChanged = Int64(conversation.revisions.messages)
                let order = conversation.revisions.order
                row.lastNumber = order > 0 ? Int64(order) : nil
            }
            alter(pair.reversed) { $0.friendReadUpTo = recorded.readUpTo }
        }
    }

    // MARK: Messages

    /// Counts a message of this number. Messages of a conversation may come in any order.
    mutating func add(_ message: StoredMessage, number: Int64) -> MessageRow {
        let pair = Pair(message.senderId, message.receiverId)
        let talk = rows[pair]?.talk ?? number
        for side in Set([pair, pair.reversed]) {
            alter(side) { row in
                let isSender = side.user == pair.user
                let isReceiver = side.friend == pair.user
                row.talk = talk
                row.clock = max(row.clock ?? .min, message.timestamp, message.deletedAt ?? .min)
                if message.timestamp > row.lastAt ?? .min {
                    row.lastAt = message.timestamp
                    row.lastOwn = isSender
                }
                if let deletedAt = message.deletedAt {
                    row.deletedAt = max(row.deletedAt ?? .min, deletedAt)
                }
                if isSender { row.sent += 1 }
                guard isReceiver else { return }
                row.received += 1
                let isUnread = !message.isDeleted && message.timestamp > row.readUpTo
                if isUnread, !isSender { row.unread += 1 }
            }
        }
        return MessageRow(talk: talk, number: number, message)
    }
}
