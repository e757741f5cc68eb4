internal import RateLimit
package import Storage

/// Consecutive messages of a conversation, oldest first.
package struct MessagePage: Sendable {
    package let recorded: RecordedMessages
    /// The opened texts of the messages, in the same order. That of a tombstone is empty.
    package let texts: [OpenedText]
    /// Whether all texts opened.
    package let isReadable: Bool

    init(_ recorded: RecordedMessages = RecordedMessages(), _ texts: [OpenedText] = []) {
        precondition(recorded.count == texts.count, "a text for each message")
        self.recorded = recorded
        self.texts = texts
        isReadable = texts.allSatisfy { $0.isFound }
    }

    package var count: Int { texts.count }
    /// Whether `bytesMax` ended the page before all requested messages.
    package var isCut: Bool { recorded.isCut }
    package var isEmpty: Bool { texts.isEmpty }
    package var lastTimestamp: Int64? { recorded.lastTimestamp }
    package var lastDeletedAt: Int64? { recorded.lastDeletedAt }

    /// Calls `body` with each message and its text, in order.
    package func forEach(_ body: (borrowing MessageView, OpenedText) -> Void) {
        var index = 0
        recorded.forEach { message in
            // A span lends the text, while the array's subscript would count a reference to it.
            body(message, texts.span[index])
            index += 1
        }
    }
}

extension MessagePage {
    /// Logs the messages that did not open.
    func logUnopened(to log: RateLimitedLog) {
        guard !isReadable else { return }
        var unopened = UnopenedMessages()
        for (message, text) in zip(recorded.messages, texts) where !text.isFound {
            unopened.add(message, text)
        }
        unopened.log(to: log)
    }
}

/// The pages of a history, one after the other, so that a long conversation takes no more memory
/// than a short one.
package struct MessagePages: Sendable {
    private let messages: Messages
    private let conversation: Conversation
    private let reader: UserID
    private var range: HistoryRange
    private var isBegun = false
    /// Whether all pages have been returned.
    package private(set) var isAtEnd = false
    /// Whether all texts so far opened.
    package private(set) var isReadable = true

    package init(
        of conversation: Conversation, _ range: HistoryRange, for reader: UserID,
        _ messages: Messages
    ) {
        self.messages = messages
        self.conversation = conversation
        self.range = range
        self.reader = reader
    }

    /// Returns the next page. Nothing of it is kept.
    package mutating func next() async throws -> MessagePage {
        let page = try await messages.page(
            of: conversation, range, for: reader, isBegun ? .large : .small)
        let isFull = range.limit == nil && page.count == Messages.batchMax
        isAtEnd = !page.isCut && !isFull
        isReadable = isReadable && page.isReadable
        range.continue(behind: page)
        isBegun = true
        return page
    }
}
