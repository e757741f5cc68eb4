import Chat
import Encoding
import Storage

/// The pages of a history, one after the other, as the pieces of one JSON array.
struct HistoryPages: Sendable {
    private let messages: Messages
    private let conversation: Conversation
    private let reader: UserID
    private let id: RequestID
    private var range: HistoryRange
    private var isBegun = false
    /// Whether all pieces have been handed out.
    private(set) var isAtEnd = false
    /// Whether all texts so far could be read.
    private(set) var isReadable = true

    init(
        of conversation: Conversation, _ range: HistoryRange, for reader: UserID,
        _ id: RequestID, _ messages: Messages
    ) {
        self.conversation = conversation
        self.range = range
        self.reader = reader
        self.id = id
        self.messages = messages
    }

    /// The next piece. Nothing of the page is kept: a piece may wait long for its reader.
    mutating func next() async throws -> [UInt8] {
        let (messages, conversation, asked, reader) = (messages, conversation, range, reader)
        let size: CallSize = isBegun ? .large : .small
        let page = try await id.during {
            try await messages.page(of: conversation, asked, for: reader, size)
        }
        let isFull = range.limit == nil && page.count == Messages.batchMax
        isAtEnd = !page.isCut && !isFull
        isReadable = isReadable && page.texts.allSatisfy { $0.found != nil }
        range.continue(behind: page)
        return piece(of: page)
    }

    private mutating func piece(of page: MessagePage) -> [UInt8] {
        // Base64 takes more than the text it came from: the buffer never grows, and to no more than
        // four thirds of what it holds.
        var body = JSONWriter(capacity: page.recorded.runs.reduce(2) { $0 + $1.bytes.count })
        if isBegun { body.continueArray() } else { body.beginArray() }
        var index = 0
        for run in page.recorded.runs {
            for record in run.records {
                body.message(record, in: run.bytes.span, page.texts[index])
                index += 1
            }
        }
        if isAtEnd { body.endArray() }
        isBegun = isBegun || !page.isEmpty
        return body.bytes
    }
}

extension JSONWriter {
    /// A message whose record stands in `document`, with its text.
    fileprivate mutating func message(
        _ record: MessageRecord, in document: Span<UInt8>, _ text: OpenedText
    ) {
        beginObject()
        field("id", record.id, in: document)
        field("senderId", record.senderId, in: document)
        field("receiverId", record.receiverId, in: document)
        switch text {
        case .text(let text): field("content", text)
        case .notAuthentic: field("content", OpenedText.unreadable)
        case .keyRetired: field("content", OpenedText.retired)
        }
        field("timestamp", record.timestamp)
        switch text {
        case .text: break
        case .notAuthentic: field("code", "not_authentic")
        case .keyRetired: field("code", "key_retired")
        }
        endObject()
    }
}
