internal import Storage

/// Puts the earlier system's timestamps into milliseconds, strictly increasing in a conversation.
struct EarlierTimes {
    /// Below this a timestamp is in seconds: as milliseconds it would lie before April 1973.
    private static let secondsMax: Int64 = 100_000_000_000

    private var newest: [Conversation: Int64] = [:]

    /// Returns the time of the conversation's next message, in the order in which they stand; nil
    /// where that is none that a message may have.
    mutating func next(in conversation: Conversation, _ timestamp: Int64) -> Int64? {
        let isSeconds = timestamp < Self.secondsMax
        let milliseconds = isSeconds ? max(0, timestamp) * 1000 : timestamp
        let next = newest[conversation].map { max($0 + 1, milliseconds) } ?? milliseconds
        guard StoredMessage.timestamps.contains(next) else { return nil }
        newest[conversation] = next
        return next
    }
}
