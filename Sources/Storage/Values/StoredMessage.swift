package import Encoding

/// A message as the store holds it.
package struct StoredMessage: Sendable, Equatable {
    /// The timestamps that a message may be stored with. They are cursors too, which clients hand
    /// back as they read them: a larger number would come back as another one.
    package static let timestamps = 0...ExactIntegers.max

    package let id: MessageID
    package let senderId: UserID
    package let receiverId: UserID
    /// Ciphertext; the store never sees anything else.
    package var content: ByteText
    /// Milliseconds since 1970; strictly increasing within a conversation.
    package let timestamp: Int64

    package init(
        id: MessageID, senderId: UserID, receiverId: UserID, content: ByteText, timestamp: Int64
    ) {
        self.id = id
        self.senderId = senderId
        self.receiverId = receiverId
        self.content = content
        self.timestamp = timestamp
    }

    package var conversation: Conversation { Conversation(senderId, receiverId) }
}
