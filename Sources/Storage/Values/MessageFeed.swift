internal import Encoding

/// A way through the messages that a user shares with present friends, newest first.
/// `ChatStore.newestMessages` moves along it.
package struct MessageFeed: Sendable {
    /// The place of a message in the feed. Messages are in falling order of their timestamps. The
    /// ids of the friends order those with the same timestamp, as bytes, in falling order too.
    package struct Place: Sendable, Equatable {
        /// In milliseconds since 1970.
        package let timestamp: Int64
        package let friend: UserID

        package init(timestamp: Int64, friend: UserID) {
            self.timestamp = timestamp
            self.friend = friend
        }

        /// Returns whether a message at `other` comes later in the feed.
        package func precedes(_ other: Place) -> Bool {
            timestamp == other.timestamp
                ? other.friend.text < friend.text : other.timestamp < timestamp
        }
    }

    package let user: UserID
    /// The only friend whose conversation is read, or nil for all friends.
    package let friend: UserID?
    /// The place of the last message that was read. The feed continues after it.
    package var place: Place?
    /// Whether no message follows.
    package var isAtEnd = false
    /// The next message of each conversation, where the store has looked them up already.
    var heads: FeedHeads?

    package init(of user: UserID, with friend: UserID? = nil, after place: Place? = nil) {
        self.user = user
        self.friend = friend
        self.place = place
    }
}

/// The newest unread message of each conversation of a feed, as a binary heap.
struct FeedHeads: Sendable {
    struct Head: Sendable {
        let timestamp: Int64
        /// The friend's number in the user table.
        let friend: UInt32
    }

    private(set) var heap: [Head]

    /// Orders the heads. `precedes` says which of two comes first in the feed.
    init(_ heads: [Head], _ precedes: (Head, Head) -> Bool) {
        heap = heads
        for index in stride(from: heap.count / 2 - 1, through: 0, by: -1) {
            sink(index, precedes)
        }
    }

    var first: Head? { heap.first }

    mutating func removeFirst(_ precedes: (Head, Head) -> Bool) {
        guard let last = heap.popLast(), !heap.isEmpty else { return }
        replaceFirst(with: last, precedes)
    }

    mutating func replaceFirst(with head: Head, _ precedes: (Head, Head) -> Bool) {
        heap[0] = head
        sink(0, precedes)
    }

    private mutating func sink(_ start: Int, _ precedes: (Head, Head) -> Bool) {
        var index = start
        while true {
            var child = 2 * index + 1
            guard child < heap.count else { return }
            if child + 1 < heap.count, precedes(heap[child + 1], heap[child]) { child += 1 }
            guard precedes(heap[child], heap[index]) else { return }
            heap.swapAt(child, index)
            index = child
        }
    }
}
