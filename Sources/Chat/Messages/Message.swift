package import Encoding
package import Storage

/// A message as its two people see it.
package struct Message: Sendable, Equatable {
    /// What stands in the place of a text that does not authenticate.
    package static let unreadable: JSONText = "[Gagal Decrypt]"

    package let id: JSONText
    package let senderId: JSONText
    package let receiverId: JSONText
    package let content: JSONText
    /// Milliseconds since 1970.
    package let timestamp: Int64
    package let isAuthentic: Bool

    init(_ recorded: RecordedMessage, _ opened: OpenedText) {
        id = recorded.id
        senderId = recorded.senderId
        receiverId = recorded.receiverId
        timestamp = recorded.timestamp
        switch opened {
        case .text(let text): (content, isAuthentic) = (text, true)
        case .notAuthentic: (content, isAuthentic) = (Self.unreadable, false)
        }
    }

    /// One that has just been sealed.
    init(_ stored: StoredMessage, _ text: MessageText) {
        id = JSONText(stored.id.text)
        senderId = JSONText(stored.senderId.text)
        receiverId = JSONText(stored.receiverId.text)
        content = JSONText(text.text)
        timestamp = stored.timestamp
        isAuthentic = true
    }
}

extension RecordedMessage {
    package var sealed: SealedText {
        let context = JSONText(joining: senderId, receiverId, id, by: UInt8(ascii: "-"))
        return SealedText(content: content, context: context)
    }
}

extension StoredMessage {
    /// Ties the ciphertext to its place, so that no record can stand in for another.
    package var context: String {
        StoredMessage.context(senderId, receiverId, id)
    }

    package static func context(
        _ senderId: UserID, _ receiverId: UserID, _ id: MessageID
    ) -> String {
        "\(senderId)-\(receiverId)-\(id)"
    }

    package var sealed: SealedText {
        SealedText(content: JSONText(content), context: JSONText(context))
    }
}
