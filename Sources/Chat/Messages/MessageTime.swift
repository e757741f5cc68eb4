internal import Storage

/// The timestamps of messages, in milliseconds since 1970.
package enum MessageTime {
    /// The start of 2025. A clock that shows an earlier time has not been set since power-on.
    private static let clockMin: Int64 = 1_735_689_600_000
    private static let last = StoredMessage.timestamps.upperBound

    /// Returns whether a clock, in milliseconds since 1970, has been set since power-on.
    package static func isSet(_ clock: Int64) -> Bool { clock >= clockMin }

    /// Returns the timestamp of a conversation's next message. It is the clock's time, but always
    /// later than every message of the conversation, because a timestamp is also a cursor.
    ///
    /// - Parameters:
    ///   - lastTimestamp: The timestamp of the conversation's last message.
    ///   - newestOfAll: The newest timestamp of any message.
    /// - Throws: `.timestampsExhausted` if the conversation has the last timestamp already.
    static func next(
        after lastTimestamp: Int64?, newest newestOfAll: Int64, at clock: Int64
    ) throws(ChatFault) -> Int64 {
        var newest = max(0, lastTimestamp ?? 0)
        // While the clock is not set, every stored timestamp counts as past. Otherwise a
        // conversation that begins now would sort below years-old ones. A conversation with the
        // last timestamp does not stop the others.
        if clock < clockMin, newestOfAll < last { newest = max(newest, newestOfAll) }
        guard newest < last else { throw .timestampsExhausted }
        let next = newest + 1
        return clock <= last ? max(clock, next) : next
    }
}
