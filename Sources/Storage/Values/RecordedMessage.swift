package import Encoding

/// A message as its record has it: who only passes it on need not undo its texts.
package struct RecordedMessage: Sendable {
    private let bytes: [UInt8]
    private let record: MessageRecord

    /// The record that fills `range`; its bytes are shared.
    init(in bytes: [UInt8], _ range: Range<Int>) throws(JSONFault) {
        var scanner = JSONScanner(at: range.lowerBound)
        record = try MessageRecord(&scanner, in: bytes.span)
        guard scanner.offset == range.upperBound else {
            throw JSONFault(offset: scanner.offset, problem: .bytesAfterEnd)
        }
        for text in [record.id, record.senderId, record.receiverId, record.content] {
            try text.check(in: bytes.span)
        }
        self.bytes = bytes
    }

    package init(_ message: StoredMessage) {
        let json = MessageRecord.json(message)
        do {
            try self.init(in: json, 0..<json.count)
        } catch {
            preconditionFailure("what is written can be read: \(error)")
        }
    }

    package var id: JSONText { JSONText(checked: record.id, in: bytes) }
    package var senderId: JSONText { JSONText(checked: record.senderId, in: bytes) }
    package var receiverId: JSONText { JSONText(checked: record.receiverId, in: bytes) }
    /// Ciphertext; the store never sees anything else.
    package var content: JSONText { JSONText(checked: record.content, in: bytes) }
    /// Milliseconds since 1970; strictly increasing within a conversation.
    package var timestamp: Int64 { record.timestamp }

    /// The same with its texts undone.
    package var message: StoredMessage {
        StoredMessage(
            id: MessageID(id.text), senderId: UserID(senderId.text),
            receiverId: UserID(receiverId.text), content: content.text, timestamp: timestamp)
    }
}
