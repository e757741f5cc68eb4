package import Encoding
package import Storage

/// The context that binds a ciphertext to its record, so that no record can replace another. It
/// consists of sender, receiver and id, joined by hyphens. This is its only writer.
package enum MessageContext {
    private static let separator = UInt8(ascii: "-")

    /// Writes the context of a message into an object, as a member of that name.
    package static func write(
        of message: borrowing MessageView, as name: StaticString, to writer: inout JSONWriter
    ) {
        message.writeIdentifiers(joinedBy: separator, as: name, to: &writer)
    }

    /// Returns the length of a message's context in UTF-8.
    package static func byteCount(of message: borrowing MessageView) -> Int {
        message.identifierByteCount + 2
    }

    static func text(_ sender: UserID, _ receiver: UserID, _ id: MessageID) -> ByteText {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(128)
        bytes.append(contentsOf: sender.text.utf8)
        bytes.append(separator)
        bytes.append(contentsOf: receiver.text.utf8)
        bytes.append(separator)
        bytes.append(contentsOf: id.text.utf8)
        return ByteText(String(decoding: bytes, as: UTF8.self))
    }
}

extension StoredMessage {
    var context: ByteText { MessageContext.text(senderId, receiverId, id) }

    /// The version of the key that sealed the content, or nil if the content names none.
    var keyVersion: Int? { KeyVersionPrefix(of: content.utf8.span)?.version }

    package var sealed: SealedText {
        SealedText(content: JSONText(content), context: JSONText(context))
    }
}
