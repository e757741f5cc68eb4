internal import Encoding
internal import Storage

/// Two users in the order of a row of `friends`.
struct Pair: Hashable, Sendable {
    let user: ByteText
    let friend: ByteText

    init(_ user: ByteText, _ friend: ByteText) {
        self.user = user
        self.friend = friend
    }

    init(_ user: UserID, _ friend: UserID) { self.init(user.key, friend.key) }

    init(_ conversation: Conversation) { self.init(conversation.first, conversation.second) }

    var reversed: Pair { Pair(friend, user) }
}

/// All that one user has with another. Both have such a row, or neither.
///
/// A list that holds the friend has the number of the change that put them there, so that lists
/// keep their order.
struct FriendRow: Sendable {
    let pair: Pair
    var contact: Int64?
    var blocked: Int64?
    var former: Int64?
    var befriended: Int64?
    var addedAt: Int64?
    var addedByUser: Bool?
    var readUpTo: Int64 = 0
    var friendReadUpTo: Int64 = 0
    /// The number of the conversation, which is that of its first message.
    var talk: Int64?
    var talkChanged: Int64 = 0
    /// The latest timestamp or deletion of the conversation.
    var clock: Int64?
    var lastNumber: Int64?
    var lastAt: Int64?
    var lastOwn: Bool?
    var sent: Int64 = 0
    var received: Int64 = 0
    var unread: Int64 = 0
    var deletedAt: Int64?
    var changed: Int64 = 0

    init(_ pair: Pair) { self.pair = pair }

    init(_ row: Row, from column: Int = 0) {
        pair = Pair(row.text(column), row.text(column + 1))
        contact = row.numberIfAny(column + 2)
        blocked = row.numberIfAny(column + 3)
        former = row.numberIfAny(column + 4)
        befriended = row.numberIfAny(column + 5)
        addedAt = row.numberIfAny(column + 6)
        addedByUser = row.flagIfAny(column + 7)
        readUpTo = row.number(column + 8)
        talk = row.numberIfAny(column + 9)
        talkChanged = row.number(column + 10)
        clock = row.numberIfAny(column + 11)
        lastNumber = row.numberIfAny(column + 12)
        lastAt = row.numberIfAny(column + 13)
        lastOwn = row.flagIfAny(column + 14)
        sent = row.number(column + 15)
        received = row.number(column + 16)
        unread = row.number(column + 17)
        deletedAt = row.numberIfAny(column + 18)
        changed = row.number(column + 19)
        friendReadUpTo = row.number(column + 20)
    }
}

/// A row of `messages`.
struct MessageRow: Sendable {
    let talk: Int64
    let number: Int64
    var message: StoredMessage

    init(talk: Int64, number: Int64, _ message: StoredMessage) {
        self.talk = talk
        self.number = number
        self.message = message
    }

    init(_ row: Row, from column: Int = 0) {
        talk = row.number(column)
        number = row.number(column + 2)
        func text(_ column: Int) -> ByteText {
            row.textIfAny(column + 1) ?? row.text(column)
        }
        message = StoredMessage(
            id: MessageID(text(column + 3)), senderId: UserID(text(column + 5)),
            receiverId: UserID(text(column + 7)), content: row.text(column + 9),
            timestamp: row.number(column + 1),
            contextForm: row.number(column + 10) == 2 ? .lengths : .hyphens,
            replyTo: row.textIfAny(column + 11).map { MessageID($0) },
            photo: row.numberIfAny(column + 12) == nil ? Photo(row, from: column + 13) : nil,
            deletedAt: row.numberIfAny(column + 12))
    }

    /// The number of the content's form in the table.
    var form: Int64 { message.contextForm == .lengths ? 2 : 1 }
}

extension Photo {
    fileprivate init?(_ row: Row, from column: Int) {
        guard let id = row.textIfAny(column).flatMap({ PhotoID($0) }) else { return nil }
        self.init(
            id: id, width: Int(row.number(column + 1)), height: Int(row.number(column + 2)))
    }
}

extension PushSubscription {
    init(_ row: Row) {
        self.init(
            endpoint: row.text(1), publicKey: row.text(2), authentication: row.text(3),
            session: row.text(4))
    }
}
