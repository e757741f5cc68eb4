internal import Storage

/// When a message counts as sent, in milliseconds since 1970.
package enum MessageTime {
    /// 2025: a clock that shows less has not been set since power came.
    private static let clockMin: Int64 = 1_735_689_600_000
    private static let last = StoredMessage.timestamps.upperBound

    /// Whether a clock, in milliseconds since 1970, has been set since power came.
    package static func isSet(_ clock: Int64) -> Bool { clock >= clockMin }

    /// Returns the time of a conversation's next message: the clock's, but always later than every
    /// message of the conversation, since a timestamp is also a cursor.
    ///
    /// - Parameters:
    ///   - lastTimestamp: That of the conversation's last message.
    ///   - newestOfAll: The newest timestamp of any message.
    /// - Throws: `.timestampsExhausted` where the conversation has the last timestamp already.
    static func next(
        after lastTimestamp: Int64?, newest newestOfAll: Int64, at clock: Int64
    ) throws(ChatFault) -> Int64 {
        var newest = max(0, lastTimestamp ?? 0)
        // Until the clock is set all that is stored is in the past, or a conversation that begins
        // now would stand below those of years. One with the last timestamp stops no other.
        if clock < clockMin, newestOfAll < last { newest = max(newest, newestOfAll) }
        guard newest < last else { throw .timestampsExhausted }
        let next = newest + 1
        return clock <= last ? max(clock, next) : next
    }
}
