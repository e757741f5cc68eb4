package import Storage

/// Messages of a conversation that follow one another, oldest first.
package struct MessagePage: Sendable {
    package let recorded: RecordedMessages
    /// Their texts, in the same order.
    package let texts: [OpenedText]

    init(_ recorded: RecordedMessages = RecordedMessages(), _ texts: [OpenedText] = []) {
        precondition(recorded.count == texts.count, "a text for each message")
        self.recorded = recorded
        self.texts = texts
    }

    package var count: Int { texts.count }
    /// Whether `bytesMax` ended it before all that was asked for.
    package var isCut: Bool { recorded.isCut }
    package var isEmpty: Bool { texts.isEmpty }
    package var lastTimestamp: Int64? { recorded.runs.last?.records.last?.timestamp }
}
