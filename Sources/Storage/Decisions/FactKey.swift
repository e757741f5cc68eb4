internal import Encoding

/// The kind of a fact, and the keyed hashes of its ids. A comparison of facts themselves counts a
/// reference to each of their ids.
///
/// Two facts of one decision have equal keys by mistake once in 2⁶⁴ times.
struct FactKey: Equatable, Sendable {
    enum Kind: Sendable {
        case user, userID, name, contact, blocked, lastTimestamp, readUpTo, timestamp, messageID
        case message, newestTimestamp, messageCount, subscriptionCount, keys, invite, invites
    }

    private let kind: Kind
    private let one: UInt64
    private let other: UInt64
    private let time: Int64

    init(_ kind: Kind, _ one: UInt64 = 0, _ other: UInt64 = 0, time: Int64 = 0) {
        self.kind = kind
        self.one = one
        self.other = other
        self.time = time
    }

    init(_ kind: Kind, _ text: ByteText) { self.init(kind, IdentifierHash.of(text)) }

    init(_ kind: Kind, _ conversation: Conversation, _ time: Int64 = 0) {
        self.init(kind, conversation.first.hash, conversation.second.hash, time: time)
    }
}

extension Fact {
    var key: FactKey {
        switch self {
        case .user(let id): FactKey(.user, id.hash)
        case .userID(let id): FactKey(.userID, id.hash)
        case .name(let name): FactKey(.name, name)
        case .contact(let one, let other): FactKey(.contact, one.hash, other.hash)
        case .blocked(let one, let other): FactKey(.blocked, one.hash, other.hash)
        case .lastTimestamp(let conversation): FactKey(.lastTimestamp, conversation)
        case .readUpTo(let reader, let other): FactKey(.readUpTo, reader.hash, other.hash)
        case .timestamp(let conversation, let time): FactKey(.timestamp, conversation, time)
        case .messageID(let id): FactKey(.messageID, id.hash)
        case .message(let id): FactKey(.message, id.hash)
        case .newestTimestamp: FactKey(.newestTimestamp)
        case .messageCount: FactKey(.messageCount)
        case .subscriptionCount: FactKey(.subscriptionCount)
        case .keys: FactKey(.keys)
        case .invite(let digest): FactKey(.invite, digest)
        case .invites: FactKey(.invites)
        }
    }

    /// Whether the store has to read a message for it.
    var isMessage: Bool { if case .message = self { true } else { false } }
}
