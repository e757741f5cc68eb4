package import Encoding
package import Storage

/// The context that binds a ciphertext to its record, so that no record can replace another. This
/// is its only writer.
///
/// It is `2:`, and then sender, receiver and id, each as `<length in bytes>:<id>`. So no two
/// records have the same context. Earlier ciphertexts have sender, receiver and id joined by
/// hyphens; the record tells which form its content has.
package enum MessageContext {
    private static let prefix: StaticString = "2:"
    private static let hyphen = UInt8(ascii: "-")

    /// Writes the context of a message into an object, as a member of that name.
    package static func write(
        of message: borrowing MessageView, as name: StaticString, to writer: inout JSONWriter
    ) {
        switch message.contextForm {
        case .lengths: message.writeCountedIdentifiers(after: prefix, as: name, to: &writer)
        case .hyphens where mayImitateLengths(message):
            writer.field(name, message.message.context)
        case .hyphens: message.writeIdentifiers(joinedBy: hyphen, as: name, to: &writer)
        }
    }

    /// Whether the ids, joined by hyphens, may look like a context of the form `lengths`.
    private static func mayImitateLengths(_ message: borrowing MessageView) -> Bool {
        let first = message.firstByteOfSender
        return first == UInt8(ascii: "2") || first == UInt8(ascii: "\\")
    }

    /// Returns the length of a message's context in UTF-8.
    package static func byteCount(of message: borrowing MessageView) -> Int {
        let (sender, receiver, id) = message.identifierByteCounts
        let count = sender + receiver + id
        switch message.contextForm {
        case .hyphens: return count + 2
        case .lengths:
            return count + 2 + 3 + digitCount(sender) + digitCount(receiver) + digitCount(id)
        }
    }

    private static func digitCount(_ number: Int) -> Int {
        var (count, rest) = (1, number / 10)
        while rest > 0 { (count, rest) = (count + 1, rest / 10) }
        return count
    }

    /// Returns the context of a message. All that is sealed now has the form `lengths`.
    static func text(
        _ sender: UserID, _ receiver: UserID, _ id: MessageID, _ form: ContextForm = .lengths
    ) -> ByteText {
        let (from, to, id) = (sender.text, receiver.text, id.text)
        switch form {
        case .lengths:
            let people = "\(from.utf8Count):\(from.string)\(to.utf8Count):\(to.string)"
            return ByteText("2:\(people)\(id.utf8Count):\(id.string)")
        case .hyphens:
            let text = "\(from.string)-\(to.string)-\(id.string)"
            // Ids may be any text. Ids that together look like the other form are forged.
            return ByteText(hasLengths(Array(text.utf8)) ? text + "\0" : text)
        }
    }

    /// Returns whether a whole context has the form `lengths`.
    private static func hasLengths(_ context: [UInt8]) -> Bool {
        var rest = context[...]
        guard rest.popFirst() == UInt8(ascii: "2"), rest.popFirst() == UInt8(ascii: ":") else {
            return false
        }
        for _ in 0..<3 {
            guard let colon = rest.prefix(8).firstIndex(of: UInt8(ascii: ":")),
                let count = Int(String(decoding: rest[..<colon], as: UTF8.self)), count >= 0,
                rest.endIndex - (colon + 1) >= count
            else { return false }
            rest = rest[(colon + 1 + count)...]
        }
        return rest.isEmpty
    }
}

extension StoredMessage {
    /// The context that the content is sealed with.
    var context: ByteText { MessageContext.text(senderId, receiverId, id, contextForm) }

    /// The context that the content is sealed with from now on.
    var nextContext: ByteText { MessageContext.text(senderId, receiverId, id) }

    /// The version of the key that sealed the content, or nil if the content names none.
    var keyVersion: Int? { KeyVersionPrefix(of: content.utf8.span)?.version }

    package var sealed: SealedText {
        SealedText(content: JSONText(content), context: JSONText(context))
    }

    /// The content for a rewrap, which moves it to the context of now.
    var sealedAnew: SealedText {
        SealedText(
            content: JSONText(content), context: JSONText(context),
            nextContext: contextForm == .lengths ? nil : JSONText(nextContext))
    }
}
