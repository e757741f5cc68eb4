internal import Encoding

/// A message's JSON, the same bytes in the journal and in `db.json`, so that a fold copies it
/// without reading it:
/// `{"id":"…","senderId":"…","receiverId":"…","content":"…","timestamp":1795431829155}`
///
/// Of its texts it knows where they stand in the bytes it was read from.
struct MessageRecord: Sendable {
    /// A change of it still fits into a line of the journal.
    static let bytesMax = JournalLine.jsonBytesMax - 32

    let id: RawJSONString
    let senderId: RawJSONString
    let receiverId: RawJSONString
    /// Ciphertext; the store never sees anything else.
    let content: RawJSONString
    /// Milliseconds since 1970; strictly increasing within a conversation.
    let timestamp: Int64

    static func json(_ message: StoredMessage) -> [UInt8] {
        var writer = JSONWriter(capacity: 192 + message.content.utf8.count)
        writer.beginObject()
        writer.field("id", message.id.text)
        writer.field("senderId", message.senderId.text)
        writer.field("receiverId", message.receiverId.text)
        writer.field("content", message.content)
        writer.field("timestamp", message.timestamp)
        writer.endObject()
        return writer.bytes
    }

    /// Reads the record at the scanner's place and leaves the scanner behind it.
    init(_ scanner: inout JSONScanner, in bytes: Span<UInt8>) throws(JSONFault) {
        try scanner.expect("{\"id\":", in: bytes)
        id = try scanner.rawString(in: bytes)
        try scanner.expect(",\"senderId\":", in: bytes)
        senderId = try scanner.rawString(in: bytes)
        try scanner.expect(",\"receiverId\":", in: bytes)
        receiverId = try scanner.rawString(in: bytes)
        try scanner.expect(",\"content\":", in: bytes)
        content = try scanner.rawString(in: bytes)
        try scanner.expect(",\"timestamp\":", in: bytes)
        timestamp = try scanner.integer(in: bytes)
        try scanner.expect("}", in: bytes)
    }

    /// The record that all of the bytes are, or a range of them, its texts checked.
    init(_ range: Range<Int>? = nil, of bytes: Span<UInt8>) throws(JSONFault) {
        let range = range ?? bytes.indices
        var scanner = JSONScanner(at: range.lowerBound)
        try self.init(&scanner, in: bytes)
        guard scanner.offset == range.upperBound else {
            throw JSONFault(offset: scanner.offset, problem: .bytesAfterEnd)
        }
        do { _ = try UTF8Span(validating: bytes.extracting(range)) } catch {
            let start = range.lowerBound + error.byteOffsets.lowerBound
            throw JSONFault(offset: start, problem: .notUTF8)
        }
        try id.checkEscapes(in: bytes)
        try senderId.checkEscapes(in: bytes)
        try receiverId.checkEscapes(in: bytes)
        try content.checkEscapes(in: bytes)
    }

    /// What it says; `bytes` are those in which its texts were checked.
    func message(in bytes: Span<UInt8>) -> StoredMessage {
        do {
            return StoredMessage(
                id: MessageID(try id.text(in: bytes)),
                senderId: UserID(try senderId.text(in: bytes)),
                receiverId: UserID(try receiverId.text(in: bytes)),
                content: try content.text(in: bytes), timestamp: timestamp)
        } catch {
            preconditionFailure("what was checked can be read: \(error)")
        }
    }
}
