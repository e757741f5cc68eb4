internal import Encoding

/// The JSON of a message. It is the same in the journal and in `db.json`, so that a fold copies it
/// without parsing:
/// `{"id":"…","senderId":"…","receiverId":"…","content":"…","timestamp":1795431829155}`
///
/// A content whose context has the form `ContextForm.lengths` has `,"context":2` after its
/// timestamp. A reply has `,"replyTo":"…"` after that, and a message with a photo
/// `,"photo":{"id":"…","width":1600,"height":1200}` then. A tombstone has an empty content, and
/// after its timestamp `,"deleted":true,"deletedAt":1795431830021`.
///
/// A record holds the ranges of its texts in the bytes from which it was read.
struct MessageRecord: Sendable {
    /// The longest record in bytes. Its change still fits into a line of the journal.
    static let bytesMax = JournalLine.jsonBytesMax - 32

    let id: RawJSONString
    let senderId: RawJSONString
    let receiverId: RawJSONString
    /// The ciphertext. The store never sees plaintext.
    let content: RawJSONString
    /// The time in milliseconds since 1970. It strictly increases within a conversation.
    let timestamp: Int64
    private(set) var contextForm = ContextForm.hyphens
    /// The id of the message that this one answers.
    private(set) var replyTo: RawJSONString?
    private(set) var photo: Photo?
    /// The time of the deletion. Nil unless the record is a tombstone.
    private(set) var deletedAt: Int64?

    var isDeleted: Bool { deletedAt != nil }

    static func json(_ message: StoredMessage) -> [UInt8] {
        var writer = JSONWriter(capacity: 192 + message.content.utf8.count)
        writer.beginObject()
        writer.field("id", message.id.text)
        writer.field("senderId", message.senderId.text)
        writer.field("receiverId", message.receiverId.text)
        writer.field("content", message.content)
        writer.field("timestamp", message.timestamp)
        if message.contextForm == .lengths { writer.field("context", 2) }
        if let replyTo = message.replyTo { writer.field("replyTo", replyTo.text) }
        if let photo = message.photo { writer.field(photo: photo) }
        if let deletedAt = message.deletedAt {
            writer.field("deleted", true)
            writer.field("deletedAt", deletedAt)
        }
        writer.endObject()
        return writer.bytes
    }

    /// Reads the record at the scanner's offset, and moves the scanner past it.
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
        if scanner.skip(",\"context\":2", in: bytes) { contextForm = .lengths }
        // Most messages are neither replies, photos nor tombstones.
        if scanner.skip("}", in: bytes) { return }
        if scanner.skip(",\"replyTo\":", in: bytes) {
            replyTo = try scanner.rawString(in: bytes)
        }
        photo = try Photo(&scanner, in: bytes)
        if scanner.skip(",\"deleted\":true,\"deletedAt\":", in: bytes) {
            // Nothing that can be opened is left of a deleted message.
            guard content.inside.isEmpty, replyTo == nil, photo == nil, contextForm == .hyphens
            else {
                throw JSONFault(offset: content.inside.lowerBound, problem: .unexpectedByte)
            }
            deletedAt = try scanner.integer(in: bytes)
        }
        try scanner.expect("}", in: bytes)
    }

    /// Reads a record that fills `range`, or all of `bytes`, and checks its texts.
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
        try replyTo?.checkEscapes(in: bytes)
    }

    /// Returns the message. `bytes` are those in which its texts were checked.
    func message(in bytes: Span<UInt8>) -> StoredMessage {
        do {
            return StoredMessage(
                id: MessageID(try id.text(in: bytes)),
                senderId: UserID(try senderId.text(in: bytes)),
                receiverId: UserID(try receiverId.text(in: bytes)),
                content: try content.text(in: bytes), timestamp: timestamp,
                contextForm: contextForm,
                replyTo: try replyTo.map { MessageID(try $0.text(in: bytes)) }, photo: photo,
                deletedAt: deletedAt)
        } catch {
            preconditionFailure("a checked record cannot be read: \(error)")
        }
    }
}
