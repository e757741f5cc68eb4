package import Encoding

/// The facts that a decision declared, and no others. They include changes that are not yet
/// durable.
///
/// Reading an undeclared fact is a bug of the program and traps. A store that locks declared facts
/// would not have locked that one.
package struct Facts: Sendable {
    private enum Value {
        case user(User?)
        case isTrue(Bool)
        case timestamp(Int64?)
        case message(StoredMessage?)
        case count(Int)
        case keys([Int: ByteText])
        case invite(Invite?)
        case invites([Invite])
    }

    /// The declared facts. A decision reads few, so a search costs less than a dictionary.
    private let keys: [FactKey]
    /// The values of the facts, in the same order.
    private let values: [Value]

    /// Reads the facts from `source`.
    ///
    /// - Parameter messages: The existing messages that are declared as `.message`.
    package init(
        _ needs: [Fact], in source: some FactSource, messages: [MessageID: StoredMessage] = [:]
    ) {
        keys = needs.map(\.key)
        values = needs.map { Self.value(of: $0, source, messages) }
    }

    private static func value(
        of fact: Fact, _ source: some FactSource, _ messages: [MessageID: StoredMessage]
    ) -> Value {
        switch fact {
        case .user(let id): .user(source.user(id))
        case .userID(let id): .isTrue(source.hasUser(id))
        case .name(let name): .user(source.user(named: name))
        case .contact(let one, let other): .isTrue(source.areFriends(one, other))
        case .blocked(let one, let other): .isTrue(source.isBlocked(one, by: other))
        case .lastTimestamp(let conversation): .timestamp(source.lastTimestamp(in: conversation))
        case .readUpTo(let reader, let other):
            .timestamp(source.readUpTo(by: reader, with: other))
        case .timestamp(let conversation, let time):
            .timestamp(source.timestamp(of: conversation, upTo: time))
        case .messageID(let id): .isTrue(source.isUsed(id))
        case .message(let id): .message(messages[id])
        case .newestTimestamp: .timestamp(source.newestTimestamp)
        case .messageCount: .count(source.messageCount)
        case .subscriptionCount: .count(source.subscriptionCount)
        case .keys: .keys(source.knownKeys)
        case .invite(let digest): .invite(source.invite(digest))
        case .invites: .invites(source.invites)
        }
    }

    private func value(of key: FactKey) -> Value? {
        keys.firstIndex(of: key).map { values[$0] }
    }

    package func user(_ id: UserID) -> User? {
        guard case .user(let user)? = value(of: FactKey(.user, id.hash)) else { undeclared("user") }
        return user
    }

    package func hasUser(_ id: UserID) -> Bool {
        guard case .isTrue(let isThere)? = value(of: FactKey(.userID, id.hash)) else {
            undeclared("userID")
        }
        return isThere
    }

    /// Returns the user of exactly this name, or else a user whose name differs in case alone.
    package func user(named name: ByteText) -> User? {
        guard case .user(let user)? = value(of: FactKey(.name, name)) else { undeclared("name") }
        return user
    }

    /// Returns whether `other` is among the contacts of `one`.
    package func areFriends(_ one: UserID, _ other: UserID) -> Bool {
        guard case .isTrue(let areFriends)? = value(of: FactKey(.contact, one.hash, other.hash))
        else {
            undeclared("contact")
        }
        return areFriends
    }

    /// Returns whether `one` is on the block list of `other`.
    package func isBlocked(_ one: UserID, by other: UserID) -> Bool {
        guard case .isTrue(let isBlocked)? = value(of: FactKey(.blocked, one.hash, other.hash))
        else {
            undeclared("blocked")
        }
        return isBlocked
    }

    /// Returns the newest timestamp of the conversation, or nil if it has no message.
    package func lastTimestamp(in conversation: Conversation) -> Int64? {
        guard case .timestamp(let timestamp)? = value(of: FactKey(.lastTimestamp, conversation))
        else {
            undeclared("lastTimestamp")
        }
        return timestamp
    }

    /// Returns the timestamp up to which `reader` has read the conversation with `other`, or 0.
    package func readUpTo(by reader: UserID, with other: UserID) -> Int64 {
        guard case .timestamp(let time)? = value(of: FactKey(.readUpTo, reader.hash, other.hash))
        else {
            undeclared("readUpTo")
        }
        return time ?? 0
    }

    /// Returns the timestamp of the conversation's newest message at or before a time, or nil if
    /// there is none. Messages that are not durable yet are not among them.
    package func timestamp(of conversation: Conversation, upTo time: Int64) -> Int64? {
        guard case .timestamp(let found)? = value(of: FactKey(.timestamp, conversation, time))
        else {
            undeclared("timestamp")
        }
        return found
    }

    /// Returns whether a message has this id.
    ///
    /// The JSON store compares a 64-bit keyed hash of it. For a used id the result is always right.
    /// For an unused id it is wrong once in 10¹³ times in a store of a million messages.
    package func isUsed(_ id: MessageID) -> Bool {
        guard case .isTrue(let isUsed)? = value(of: FactKey(.messageID, id.hash)) else {
            undeclared("messageID")
        }
        return isUsed
    }

    package func message(_ id: MessageID) -> StoredMessage? {
        guard case .message(let message)? = value(of: FactKey(.message, id.hash)) else {
            undeclared("message")
        }
        return message
    }

    /// The newest timestamp of any message the store has met, or 0.
    package var newestTimestamp: Int64 {
        guard case .timestamp(let newest)? = value(of: FactKey(.newestTimestamp)) else {
            undeclared("newestTimestamp")
        }
        return newest ?? 0
    }

    package var messageCount: Int {
        guard case .count(let count)? = value(of: FactKey(.messageCount)) else {
            undeclared("messageCount")
        }
        return count
    }

    /// The number of all users' push subscriptions.
    package var subscriptionCount: Int {
        guard case .count(let count)? = value(of: FactKey(.subscriptionCount)) else {
            undeclared("subscriptionCount")
        }
        return count
    }

    /// The key versions of the vault met so far, with their fingerprints.
    package var knownKeys: [Int: ByteText] {
        guard case .keys(let keys)? = value(of: FactKey(.keys)) else { undeclared("keys") }
        return keys
    }

    /// Returns the invitation of this digest, expired or not. It is nil once the invitation was
    /// used.
    package func invite(_ digest: ByteText) -> Invite? {
        guard case .invite(let invite)? = value(of: FactKey(.invite, digest)) else {
            undeclared("invite")
        }
        return invite
    }

    /// All unused invitations, the first to expire first.
    package var invites: [Invite] {
        guard case .invites(let invites)? = value(of: FactKey(.invites)) else {
            undeclared("invites")
        }
        return invites
    }

    private func undeclared(_ fact: StaticString) -> Never {
        preconditionFailure("a decision reads an undeclared fact: \(fact)")
    }
}

/// A store that holds everything in memory, with the queued, not yet durable changes applied. A
/// decision sees only the facts that it declared, as `Facts`.
package protocol FactSource {
    func user(_ id: UserID) -> User?
    func hasUser(_ id: UserID) -> Bool
    func user(named name: ByteText) -> User?
    func areFriends(_ one: UserID, _ other: UserID) -> Bool
    func isBlocked(_ one: UserID, by other: UserID) -> Bool
    func lastTimestamp(in conversation: Conversation) -> Int64?
    func readUpTo(by reader: UserID, with other: UserID) -> Int64
    func timestamp(of conversation: Conversation, upTo time: Int64) -> Int64?
    func isUsed(_ id: MessageID) -> Bool
    var newestTimestamp: Int64 { get }
    var messageCount: Int { get }
    var subscriptionCount: Int { get }
    var knownKeys: [Int: ByteText] { get }
    func invite(_ digest: ByteText) -> Invite?
    var invites: [Invite] { get }
}

/// One fact that a decision reads. See `ChatStore.commit`.
///
/// While the removal of a user waits for the disk, `lastTimestamp`, `messageID` and `messageCount`
/// may still count that user's messages.
package enum Fact: Hashable, Sendable {
    /// The user of this id.
    case user(UserID)
    /// Whether there is a user of this id. It is cheaper than `user`.
    case userID(UserID)
    /// The user of exactly this name, or else a user whose name differs in case alone.
    case name(ByteText)
    /// Whether the second user is among the contacts of the first.
    case contact(of: UserID, UserID)
    /// Whether the first is on the block list of the second.
    case blocked(UserID, by: UserID)
    /// The newest timestamp of the conversation.
    case lastTimestamp(Conversation)
    /// The timestamp up to which the first user has read the conversation with the other.
    case readUpTo(by: UserID, with: UserID)
    /// The timestamp of the conversation's newest message at or before a time.
    case timestamp(of: Conversation, upTo: Int64)
    /// Whether a message has this id.
    case messageID(MessageID)
    /// The message of this id. The store reads it from the disk first, so use `messageID` unless
    /// the message is needed.
    case message(MessageID)
    /// The newest timestamp of any message the store has met.
    case newestTimestamp
    /// The number of messages.
    case messageCount
    /// The number of all users' push subscriptions.
    case subscriptionCount
    /// The key versions of the vault met so far.
    case keys
    /// The invitation of this digest.
    case invite(ByteText)
    /// All invitations.
    case invites
}
