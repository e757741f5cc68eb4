package import Encoding
package import Storage

/// A sent message with its plaintext, as its two users see it.
package struct Message: Sendable, Equatable {
    package let id: MessageID
    package let senderId: UserID
    package let receiverId: UserID
    package let content: ByteText
    /// The time in milliseconds since 1970.
    package let timestamp: Int64

    init(_ stored: StoredMessage, _ text: MessageText) {
        id = stored.id
        senderId = stored.senderId
        receiverId = stored.receiverId
        content = text.text
        timestamp = stored.timestamp
    }
}
