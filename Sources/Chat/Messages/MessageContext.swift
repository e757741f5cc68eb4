package import Encoding
package import Storage

/// What ties a ciphertext to its place, so that no record can stand in for another: sender,
/// receiver and id, with a hyphen between them.
package enum MessageContext {
    package static let separator = UInt8(ascii: "-")

    static func text(_ sender: UserID, _ receiver: UserID, _ id: MessageID) -> ByteText {
        "\(sender)-\(receiver)-\(id)"
    }

    /// Sender, receiver and id as they stand in a record.
    package static func parts(
        _ record: MessageRecord
    ) -> (RawJSONString, RawJSONString, RawJSONString) {
        (record.senderId, record.receiverId, record.id)
    }
}

extension StoredMessage {
    var context: ByteText { MessageContext.text(senderId, receiverId, id) }

    /// Whether the key of that version sealed its content.
    func isSealed(by version: Int) -> Bool { content.utf8.starts(with: "v\(version):".utf8) }

    package var sealed: SealedText {
        SealedText(content: JSONText(content), context: JSONText(context))
    }
}
