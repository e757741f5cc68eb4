/// The way through a user's messages with present friends. See `ChatStore.newestMessages`.
extension Index {
    /// The largest number of messages that one call passes by, tombstones included.
    private static let feedStepsMax = 4_096

    /// Returns the addresses of the next messages, newest first, and moves the feed behind them.
    func addresses(in feed: inout MessageFeed, limit: Int, bytesMax: Int) -> [Address] {
        guard let user = users.number(of: feed.user) else {
            feed.isAtEnd = true
            return []
        }
        // Looked up once, since contacts cannot change within a call. A file may name one twice.
        let contacts = Set(users.slots[Int(user)].contacts)
        var heads = heads(of: feed, user, contacts)
        feed.heads = nil
        var addresses: [Address] = []
        var (bytes, steps) = (0, 0)
        while addresses.count < min(limit, MessageRange.limitMax), steps < Self.feedStepsMax,
            let head = heads.first
        {
            steps += 1
            guard let (conversation, rank) = place(of: head, user) else {
                heads.removeFirst { precedes($0, $1) }
                continue
            }
            let number = conversations.number(rank, in: conversation)
            if !messages.isDeleted(number) {
                let address = messages.address(of: number)
                bytes += address.length
                if bytes > bytesMax, !addresses.isEmpty { break }
                addresses.append(address)
            }
            feed.place = .init(timestamp: head.timestamp, friend: users[head.friend].id)
            if rank > 0 {
                let older = conversations.number(rank - 1, in: conversation)
                let next = FeedHeads.Head(
                    timestamp: messages.timestamp(of: older), friend: head.friend)
                heads.replaceFirst(with: next) { precedes($0, $1) }
            } else {
                heads.removeFirst { precedes($0, $1) }
            }
        }
        feed.isAtEnd = heads.first == nil
        feed.heads = heads
        return addresses
    }

    /// Returns the next message of each conversation of the feed with one of these contacts.
    private func heads(
        of feed: MessageFeed, _ user: UInt32, _ contacts: Set<UInt32>
    ) -> FeedHeads {
        if let heads = feed.heads {
            let kept = heads.heap.filter { contacts.contains($0.friend) }
            return kept.count == heads.heap.count ? heads : FeedHeads(kept) { precedes($0, $1) }
        }
        var friends = contacts
        if let friend = feed.friend {
            let number = users.number(of: friend)
            friends = friends.filter { $0 == number }
        }
        let heads = friends.compactMap { friend -> FeedHeads.Head? in
            guard let conversation = users.conversation(user, friend) else { return nil }
            var rank = conversations.count(of: conversation) - 1
            if let place = feed.place {
                rank = self.rank(after: place.timestamp, in: conversation) - 1
                let isFollowing = users.slots[Int(friend)].id.text < place.friend.text
                if rank >= 0, !isFollowing,
                    timestamp(rank, in: conversation) == place.timestamp
                {
                    rank -= 1
                }
            }
            guard rank >= 0 else { return nil }
            return .init(timestamp: timestamp(rank, in: conversation), friend: friend)
        }
        return FeedHeads(heads) { precedes($0, $1) }
    }

    private func timestamp(_ rank: Int, in conversation: UInt32) -> Int64 {
        messages.timestamp(of: conversations.number(rank, in: conversation))
    }

    /// Returns where the head's message is, or nil if it is gone.
    private func place(of head: FeedHeads.Head, _ user: UInt32) -> (UInt32, rank: Int)? {
        guard let conversation = users.conversation(user, head.friend) else { return nil }
        let rank = rank(after: head.timestamp, in: conversation) - 1
        guard rank >= 0, timestamp(rank, in: conversation) == head.timestamp else { return nil }
        return (conversation, rank)
    }

    /// Returns whether the message of `one` comes before that of `other` in a feed.
    private func precedes(_ one: FeedHeads.Head, _ other: FeedHeads.Head) -> Bool {
        if one.timestamp != other.timestamp { return one.timestamp > other.timestamp }
        return users.slots[Int(other.friend)].id.text < users.slots[Int(one.friend)].id.text
    }
}
