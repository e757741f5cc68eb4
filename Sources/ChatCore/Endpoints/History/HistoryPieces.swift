import Chat
import Encoding
import Storage

/// A history as the pieces of one JSON array, a page each.
struct HistoryPieces: Sendable {
    private var pages: MessagePages
    private let id: RequestID
    private var isBegun = false

    init(_ pages: MessagePages, _ id: RequestID) {
        self.pages = pages
        self.id = id
    }

    /// Whether all pieces have been handed out.
    var isAtEnd: Bool { pages.isAtEnd }
    /// Whether all texts so far could be read.
    var isReadable: Bool { pages.isReadable }

    /// The next piece. Nothing of the page is kept: a piece may wait long for its reader.
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
        // Base64 takes more than the text it came from: the buffer never grows, and to no more than
        // four thirds of what it holds.
        var body = JSONWriter(capacity: page.recorded.byteCount + 2)
        if isBegun { body.continueArray() } else { body.beginArray() }
        page.forEach { message, text in body.message(message, text) }
        if isAtEnd { body.endArray() }
        isBegun = isBegun || !page.isEmpty
        return body.bytes
    }
}

extension JSONWriter {
    fileprivate mutating func message(_ message: borrowing MessageView, _ text: OpenedText) {
        beginObject()
        message.writeIdentifiers(to: &self)
        switch text {
        case .text(let text):
            field("content", text)
            field("timestamp", message.timestamp)
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
        field("code", code)
    }
}
