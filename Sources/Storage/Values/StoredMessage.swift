package import Encoding

/// A message as the store holds it.
package struct StoredMessage: Sendable, Equatable {
    /// The timestamps that a message may be stored with, in milliseconds since 1970. Clients return
    /// them as cursors, and JSON readers would round a larger number.
    package static let timestamps = 0...ExactIntegers.max

    package let id: MessageID
    package let senderId: UserID
    package let receiverId: UserID
    /// The ciphertext. The store never sees plaintext.
    package var content: ByteText
    /// The time in milliseconds since 1970. It strictly increases within a conversation.
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
