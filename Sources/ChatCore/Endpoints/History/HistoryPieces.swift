import Chat
import Encoding
import Storage

/// A history as pieces of one JSON array. Each piece holds a page of messages.
struct HistoryPieces: AnswerPieces {
    private var pages: MessagePages
    private let id: RequestID
    private var isBegun = false

    init(_ pages: MessagePages, _ id: RequestID) {
        self.pages = pages
        self.id = id
    }

    /// Whether the last piece was returned.
    var isAtEnd: Bool { pages.isAtEnd }
    /// Whether all texts so far were readable.
    var isReadable: Bool { pages.isReadable }

    /// Returns the next piece. Keeps nothing of the page, since a slow client may delay the next
    /// call.
    mutating func next() async throws -> [UInt8] {
        let pages = pages
        let (page, rest) = try await id.during {
            var pages = pages
            return (try await pages.next(), pages)
        }
        self.pages = rest
        return piece(of: page)
    }

    private mutating func piece(of page: MessagePage) -> [UInt8] {
        // Sealed contents are base64 and so longer than their texts. The buffer never grows, and at
        // most a quarter of it stays unused.
        var body = JSONWriter(capacity: page.recorded.byteCount + 2)
        if isBegun { body.continueArray() } else { body.beginArray() }
        page.forEach { message, text in body.message(message, text) }
        if isAtEnd { body.endArray() }
        isBegun = isBegun || !page.isEmpty
        return body.bytes
    }
}

extension JSONWriter {
    mutating func message(_ message: borrowing MessageView, _ text: OpenedText) {
        beginObject()
        message.writeIdentifiers(to: &self)
        switch text {
        case .text(let text):
            field("content", text)
            field("timestamp", message.timestamp)
            message.writeReply(to: &self)
            message.writePhoto(to: &self)
            if let deletedAt = message.deletedAt {
                field("deleted", true)
                field("deletedAt", deletedAt)
            }
        case .notAuthentic: unopened(OpenedText.unreadable, message, code: "not_authentic")
        case .keyRetired: unopened(OpenedText.retired, message, code: "key_retired")
        }
        endObject()
    }

    private mutating func unopened(
        _ text: JSONText, _ message: borrowing MessageView, code: String
    ) {
        field("content", text)
        field("timestamp", message.timestamp)
        message.writeReply(to: &self)
        message.writePhoto(to: &self)
        field("code", code)
    }
}
