internal import Encoding

/// A message's JSON, the same bytes in the journal and in `db.json`, so that a fold copies it
/// without reading it:
/// `{"id":"…","senderId":"…","receiverId":"…","content":"…","timestamp":1795431829155}`
struct MessageRecord {
    let id: RawJSONString
    let senderId: RawJSONString
    let receiverId: RawJSONString
    let content: RawJSONString
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
}
