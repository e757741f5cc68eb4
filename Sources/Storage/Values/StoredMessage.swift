package import Encoding

/// A message as the store holds it.
package struct StoredMessage: Sendable, Equatable {
    /// The timestamps that a message may be stored with, in milliseconds since 1970. Clients return
    /// them as cursors, and JSON readers would round a larger number.
    package static let timestamps = 0...ExactIntegers.max

    package let id: MessageID
    package let senderId: UserID
    package let receiverId: UserID
    /// The ciphertext. The store never sees plaintext. It is empty in a tombstone.
    package var content: ByteText
    /// The form of the context that the content is sealed with.
    package private(set) var contextForm: ContextForm
    /// The time in milliseconds since 1970. It strictly increases within a conversation.
    package let timestamp: Int64
    /// The message of the same conversation that this one answers.
    package private(set) var replyTo: MessageID?
    /// The photo that the message shows.
    package private(set) var photo: Photo?
    /// The time of the deletion, on the same clock as the timestamps. Nil unless the message is a
    /// tombstone.
    package private(set) var deletedAt: Int64?

    package init(
        id: MessageID, senderId: UserID, receiverId: UserID, content: ByteText, timestamp: Int64,
        contextForm: ContextForm = .hyphens, replyTo: MessageID? = nil, photo: Photo? = nil,
        deletedAt: Int64? = nil
    ) {
        self.id = id
        self.senderId = senderId
        self.receiverId = receiverId
        self.content = content
        self.contextForm = contextForm
        self.timestamp = timestamp
        self.replyTo = replyTo
        self.photo = photo
        self.deletedAt = deletedAt
    }

    package var conversation: Conversation { Conversation(senderId, receiverId) }

    /// Replaces the content by one that was sealed now.
    package mutating func reseal(_ content: ByteText) {
        self.content = content
        contextForm = .lengths
    }

    /// Whether the message is a tombstone: its content is gone.
    package var isDeleted: Bool { deletedAt != nil }

    /// Returns what is left of the message after its deletion: id, people and timestamp.
    ///
    /// - Parameter time: Is later than every timestamp and deletion of the conversation.
    package func tombstone(at time: Int64) -> StoredMessage {
        StoredMessage(
            id: id, senderId: senderId, receiverId: receiverId, content: "", timestamp: timestamp,
            deletedAt: time)
    }

    /// Returns whether this tombstone is what a deletion leaves of the message.
    func isTombstone(of message: StoredMessage) -> Bool {
        guard let deletedAt, !message.isDeleted, id.text == message.id.text else { return false }
        return self == message.tombstone(at: deletedAt)
    }
}

/// The form of the context that a content is sealed with.
package enum ContextForm: Sendable {
    /// Sender, receiver and id are joined by hyphens. Ids that hold hyphens can be confused, so
    /// nothing is sealed in this form any more.
    case hyphens
    /// Each stands behind its length.
    case lengths
}

/// All messages between two users. The order of the two does not matter.
package struct Conversation: Hashable, Sendable {
    package let first: UserID
    package let second: UserID

    package init(_ one: UserID, _ other: UserID) {
        // The hash is the same for every spelling of an id.
        let inOrder = one.hash <= other.hash
        first = inOrder ? one : other
        second = inOrder ? other : one
    }
}

/// Identifies one message in the store for good. An id is any text, because clients and earlier
/// systems chose their own. Two spellings of a UUID in different case are equal.
package struct MessageID: Hashable, Sendable, CustomStringConvertible {
    package let text: ByteText
    /// Computed once, because a send looks its message up ten times.
    let hash: UInt64

    package init(_ text: ByteText) {
        self.text = text
        hash = IdentifierHash.of(text)
    }

    package var description: String { text.string }

    package static func == (one: MessageID, other: MessageID) -> Bool {
        one.hash == other.hash && UUIDText.areEqual(one.text, other.text)
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(hash) }
}
