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
    /// The message of the same conversation that this one answers.
    package let replyTo: MessageID?
    package let photo: Photo?

    init(_ stored: StoredMessage, _ text: MessageText) {
        id = stored.id
        senderId = stored.senderId
        receiverId = stored.receiverId
        content = text.text
        timestamp = stored.timestamp
        replyTo = stored.replyTo
        photo = stored.photo
    }
}

/// A message that is being sent. A repeated send equals the first one in all of it.
struct OutgoingMessage: Sendable {
    let id: MessageID
    let sender: UserID
    let receiver: UserID
    let text: MessageText
    var replyTo: MessageID?
    var photo: Photo?

    var conversation: Conversation { Conversation(sender, receiver) }

    /// Returns whether a stored message has the same users and photo, and answers the same message.
    /// The text is not compared.
    func matches(_ stored: StoredMessage) -> Bool {
        stored.senderId == sender && stored.receiverId == receiver && stored.replyTo == replyTo
            && stored.photo == photo && !stored.isDeleted
    }

    /// Returns whether this is the message that was sent.
    func matches(_ sent: Message) -> Bool {
        sent.senderId == sender && sent.receiverId == receiver && sent.replyTo == replyTo
            && sent.photo == photo && sent.content == text.text
    }
}
