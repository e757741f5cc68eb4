/// Read markers, and the counts of unread messages that belong to them.
extension Index {
    /// Returns the timestamp up to which a user has read, or 0.
    func readUpTo(by user: UInt32, in conversation: UInt32) -> Int64 {
        reads.pair(conversation).upTo(forSecond: isSecond(user, in: conversation))
    }

    /// Returns the timestamp of the newest message at or before a time, or nil if there is none.
    func newestTimestamp(upTo time: Int64, in conversation: UInt32) -> Int64? {
        let rank = rank(after: time, in: conversation) - 1
        guard rank >= 0 else { return nil }
        return messages.timestamp(of: conversations.number(rank, in: conversation))
    }

    /// Moves a marker forward to a message's timestamp. Both users' rows change.
    ///
    /// The cost grows with the messages that the marker passes, or with those after it if these are
    /// fewer. A marker passes each message once.
    mutating func markRead(by user: UInt32, in conversation: UInt32, upTo time: Int64) {
        let forSecond = isSecond(user, in: conversation)
        let pair = reads.pair(conversation)
        let first = rank(after: pair.upTo(forSecond: forSecond), in: conversation)
        let end = rank(after: time, in: conversation)
        let (passed, left) = (first..<end, end..<conversations.count(of: conversation))
        let unread =
            passed.count < left.count
            ? pair.unread(forSecond: forSecond) - received(passed, forSecond, in: conversation)
            : received(left, forSecond, in: conversation)
        reads.set(time, forSecond: forSecond, in: conversation)
        reads.setUnread(unread, forSecond: forSecond, in: conversation)
        touchRows(in: conversation)
    }

    /// Marks all messages as read by their receivers. No row changes its revision.
    mutating func markAllRead() {
        for conversation in conversations.indices {
            let last = conversations.last(of: conversation).map { messages.timestamp(of: $0) }
            for forSecond in [false, true] {
                if let last { reads.set(last, forSecond: forSecond, in: conversation) }
                reads.setUnread(0, forSecond: forSecond, in: conversation)
            }
        }
    }

    /// Takes a marker from a snapshot. `endMarkers` follows the last message.
    mutating func setMarker(_ time: Int64, of user: UInt32, in conversation: UInt32) {
        guard time > 0 else { return }
        reads.set(time, forSecond: isSecond(user, in: conversation), in: conversation)
    }

    /// Lowers the markers of a snapshot to the messages that it holds, and counts the unread ones.
    mutating func endMarkers() {
        for conversation in conversations.indices {
            let count = conversations.count(of: conversation)
            for forSecond in [false, true] {
                let time = reads.pair(conversation).upTo(forSecond: forSecond)
                let rank = rank(after: time, in: conversation)
                if time > 0 {
                    let lowered = newestTimestamp(upTo: time, in: conversation) ?? 0
                    reads.set(lowered, forSecond: forSecond, in: conversation)
                }
                let unread = received(rank..<count, forSecond, in: conversation)
                if unread > 0 || conversation < reads.pairs.count {
                    reads.setUnread(unread, forSecond: forSecond, in: conversation)
                }
            }
        }
    }

    /// Counts a new message as unread by its receiver, or one that goes as unread no more.
    mutating func countUnread(_ message: UInt32, _ difference: Int) {
        let conversation = messages.conversation(of: message)
        let forSecond = !messages.isFromSecond(message)
        // A conversation with oneself has no second user.
        if conversations.first(of: conversation) == conversations.second(of: conversation) {
            return
        }
        let pair = reads.pair(conversation)
        guard messages.timestamp(of: message) > pair.upTo(forSecond: forSecond) else { return }
        reads.setUnread(
            pair.unread(forSecond: forSecond) + difference, forSecond: forSecond, in: conversation)
    }

    private func isSecond(_ user: UInt32, in conversation: UInt32) -> Bool {
        conversations.first(of: conversation) != user
    }

    /// Returns how many messages of these ranks one of the two users has received, without
    /// tombstones.
    private func received(
        _ ranks: Range<Int>, _ forSecond: Bool, in conversation: UInt32
    ) -> Int {
        if conversations.first(of: conversation) == conversations.second(of: conversation) {
            return 0
        }
        var count = 0
        for rank in ranks {
            let number = conversations.number(rank, in: conversation)
            if messages.isFromSecond(number) != forSecond, !messages.isDeleted(number) {
                count += 1
            }
        }
        return count
    }
}
