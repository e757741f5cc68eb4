/// The read markers of the two users of each conversation, and the numbers of messages that they
/// have not read. It takes 24 bytes for each conversation.
struct ReadTable: ~Copyable {
    /// The markers of the two users of a conversation.
    struct Pair: Sendable, Equatable {
        /// The timestamp up to which the user of the lower number has read, or 0.
        fileprivate var firstUpTo: Int64 = 0
        /// The timestamp up to which the user of the higher number has read, or 0.
        fileprivate var secondUpTo: Int64 = 0
        /// The number of messages that each user has received after that time, without tombstones.
        fileprivate var firstUnread: UInt32 = 0
        fileprivate var secondUnread: UInt32 = 0

        /// Whether a user has read something.
        var isMarked: Bool { firstUpTo > 0 || secondUpTo > 0 }
        func upTo(forSecond: Bool) -> Int64 { forSecond ? secondUpTo : firstUpTo }
        func unread(forSecond: Bool) -> Int { Int(forSecond ? secondUnread : firstUnread) }
    }

    /// By the number of the conversation.
    private(set) var pairs = ChunkedArray<Pair>()

    init() {}

    func pair(_ conversation: UInt32) -> Pair {
        conversation < pairs.count ? pairs[Int(conversation)] : Pair()
    }

    mutating func set(_ time: Int64, forSecond: Bool, in conversation: UInt32) {
        makeRoom(conversation)
        if forSecond {
            pairs[Int(conversation)].secondUpTo = time
        } else {
            pairs[Int(conversation)].firstUpTo = time
        }
    }

    mutating func setUnread(_ count: Int, forSecond: Bool, in conversation: UInt32) {
        makeRoom(conversation)
        if forSecond {
            pairs[Int(conversation)].secondUnread = UInt32(clamping: count)
        } else {
            pairs[Int(conversation)].firstUnread = UInt32(clamping: count)
        }
    }

    /// Forgets the markers of a conversation whose number may be used again.
    mutating func remove(_ conversation: UInt32) {
        if conversation < pairs.count { pairs[Int(conversation)] = Pair() }
    }

    private mutating func makeRoom(_ conversation: UInt32) {
        while pairs.count <= conversation { pairs.append(Pair()) }
    }
}
