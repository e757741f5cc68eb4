internal import Encoding
package import Storage

/// The context that binds a ciphertext to its record, so that no record can replace another. It
/// consists of sender, receiver and id, joined by hyphens. This is its only writer.
package enum MessageContext {
    private static let separator = UInt8(ascii: "-")

    /// Appends the UTF-8 of the context.
    private static func append(
        _ sender: Span<UInt8>, _ receiver: Span<UInt8>, _ id: Span<UInt8>,
        to bytes: inout [UInt8]
    ) {
        sender.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
        bytes.append(separator)
        receiver.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
        bytes.append(separator)
        id.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
    }

    /// Replaces the content of `bytes` with the UTF-8 of a message's context.
    package static func write(of message: borrowing MessageView, to bytes: inout [UInt8]) {
        bytes.removeAll(keepingCapacity: true)
        message.withIdentifiers { append($0, $1, $2, to: &bytes) }
    }

    static func text(_ sender: UserID, _ receiver: UserID, _ id: MessageID) -> ByteText {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(128)
        append(
            sender.text.utf8.span, receiver.text.utf8.span, id.text.utf8.span, to: &bytes)
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
