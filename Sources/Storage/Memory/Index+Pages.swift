extension Index {
    /// Returns the newest timestamp of the conversation, or nil if it has no message.
    func lastTimestamp(in conversation: Conversation) -> Int64? {
        guard let number = users.number(of: conversation) else { return nil }
        let last = conversations.lastTimestamp(in: number)
        return last > .min ? last : nil
    }

    /// Returns the rank of the first message later than `timestamp`, or the count if there is none.
    func rank(after timestamp: Int64, in conversation: UInt32) -> Int {
        var low = 0
        var high = conversations.count(of: conversation)
        while low < high {
            let middle = (low + high) / 2
            let number = conversations.number(middle, in: conversation)
            if messages.timestamp(of: number) > timestamp {
                high = middle
            } else {
                low = middle + 1
            }
        }
        return low
    }

    /// Returns the addresses of a page's messages, oldest first. See `ChatStore.messages`.
    func addresses(in conversation: Conversation, _ range: MessageRange) -> [Address] {
        let limit = min(range.limit, MessageRange.limitMax)
        guard let conversation = users.number(of: conversation), limit > 0 else { return [] }
        if let time = range.deletedAfter {
            return conversations.deleted(after: time, in: conversation, limit: limit)
                .map { messages.address(of: $0) }
        }
        let first = range.after.map { rank(after: $0, in: conversation) } ?? 0
        let end = range.before.map { $0 == .min ? 0 : rank(after: $0 - 1, in: conversation) }
        let ranks = first..<max(first, end ?? conversations.count(of: conversation))
        let wanted = range.keepsNewest ? ranks.suffix(limit) : ranks.prefix(limit)
        return conversations.numbers(wanted, in: conversation)
            .map { messages.address(of: $0) }
    }

    /// Returns the addresses of some of all messages, in the order of their numbers.
    func scan(after cursor: ScanCursor?, limit: Int) -> ([Address], next: ScanCursor?) {
        let all = messages.addresses
        let start = min(Int(clamping: cursor?.place ?? 0), all.count)
        let end = min(start + min(limit, MessageRange.limitMax), all.count)
        let addresses = (start..<end).map { Address(packed: all[$0]) }.filter { $0 != .none }
        return (addresses, end < all.count ? ScanCursor(Int64(end)) : nil)
    }

    /// Returns the users with whom this one has messages, in the order of their numbers.
    func partners(of id: UserID) -> [UserID] {
        guard let number = users.number(of: id) else { return [] }
        return users.slots.indices.map { UInt32($0) }
            .filter { other in
                guard let conversation = users.conversation(number, other) else { return false }
                return conversations.count(of: conversation) > 0
            }
            .map { users[$0].id }
    }
}
