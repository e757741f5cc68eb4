/// All conversations that hold messages, by number.
struct ConversationTable: ~Copyable {
    struct Entry {
        fileprivate var list: NumberLists.List
        /// The numbers of the two users, the lower first.
        let first: UInt32
        let second: UInt32
        fileprivate var fromSecondCount: UInt32
        /// The bytes of the records that the first user has sent, and the second.
        fileprivate var bytesFromFirst: Int64 = 0
        fileprivate var bytesFromSecond: Int64 = 0
        var revisions: ConversationRevisions
        /// The highest timestamp the conversation ever had, that of a removed message included.
        /// Deletions are not in it.
        fileprivate var lastTimestamp: Int64
    }

    private(set) var entries = ChunkedArray<Entry>()
    private var lists = NumberLists()
    private var free: [UInt32] = []
    /// Conversations whose messages were not added in the order of their timestamps.
    private var unsorted: Set<UInt32> = []
    /// The tombstones of each conversation that has any.
    private var tombstones: [UInt32: Tombstones] = [:]
    /// Conversations whose messages were not deleted in the order in which they were added.
    private var unsortedTombstones: Set<UInt32> = []

    init() {}

    /// Every number that a conversation has or had.
    var indices: Range<UInt32> { 0..<UInt32(entries.count) }

    /// Returns the newest message of the conversation, or nil if it holds none.
    func last(of conversation: UInt32) -> UInt32? {
        let count = count(of: conversation)
        return count > 0 ? number(count - 1, in: conversation) : nil
    }

    func first(of conversation: UInt32) -> UInt32 { entries[Int(conversation)].first }
    func second(of conversation: UInt32) -> UInt32 { entries[Int(conversation)].second }
    func count(of conversation: UInt32) -> Int { Int(entries[Int(conversation)].list.count) }
    func revisions(of conversation: UInt32) -> ConversationRevisions {
        entries[Int(conversation)].revisions
    }

    /// Returns the highest value that the conversation's clock ever had. A message or a deletion
    /// had it.
    func lastTimestamp(in conversation: UInt32) -> Int64 {
        max(entries[Int(conversation)].lastTimestamp, lastDeletedAt(in: conversation) ?? .min)
    }

    /// Returns the time of the newest deletion, or nil if nothing was deleted.
    func lastDeletedAt(in conversation: UInt32) -> Int64? {
        tombstones[conversation]?.lastTime
    }

    /// Returns the numbers of up to `limit` messages that were deleted after a time, in the order
    /// of their deletion.
    func deleted(after time: Int64, in conversation: UInt32, limit: Int) -> [UInt32] {
        tombstones[conversation]?.numbers(after: time, limit: limit) ?? []
    }

    /// Returns the number of messages that the second, or else the first, user of the conversation
    /// has sent.
    func count(in conversation: UInt32, fromSecond: Bool) -> Int {
        let entry = entries[Int(conversation)]
        return Int(fromSecond ? entry.fromSecondCount : entry.list.count - entry.fromSecondCount)
    }

    /// Returns the bytes of the records that the second, or else the first, user has sent.
    func bytes(in conversation: UInt32, fromSecond: Bool) -> Int64 {
        let entry = entries[Int(conversation)]
        return fromSecond ? entry.bytesFromSecond : entry.bytesFromFirst
    }

    /// Counts records that are added, or fewer bytes where `bytes` is negative.
    mutating func addBytes(_ bytes: Int, fromSecond: Bool, to conversation: UInt32) {
        if fromSecond {
            entries[Int(conversation)].bytesFromSecond += Int64(bytes)
        } else {
            entries[Int(conversation)].bytesFromFirst += Int64(bytes)
        }
    }

    /// Returns message numbers by rank, the oldest first.
    func numbers(_ range: Range<Int>, in conversation: UInt32) -> [UInt32] {
        lists.numbers(range, of: entries[Int(conversation)].list)
    }

    func number(_ rank: Int, in conversation: UInt32) -> UInt32 {
        lists.number(rank, of: entries[Int(conversation)].list)
    }

    mutating func add(_ one: UInt32, _ other: UInt32) -> UInt32 {
        let entry = Entry(
            list: .init(), first: min(one, other), second: max(one, other), fromSecondCount: 0,
            revisions: .init(), lastTimestamp: .min)
        if let unused = free.popLast() {
            entries[Int(unused)] = entry
            return unused
        }
        entries.append(entry)
        return UInt32(entries.count - 1)
    }

    mutating func setRevisions(_ revisions: ConversationRevisions, of conversation: UInt32) {
        entries[Int(conversation)].revisions = revisions
    }

    /// Adds a tombstone to those that `deleted` finds.
    ///
    /// - Parameter revision: Nil leaves the conversation's revisions as they are.
    mutating func addTombstone(
        _ number: UInt32, deletedAt: Int64, revision: UInt32?, in conversation: UInt32
    ) {
        let isLast = tombstones[conversation, default: Tombstones()].add(number, at: deletedAt)
        if !isLast { unsortedTombstones.insert(conversation) }
        if let revision { entries[Int(conversation)].revisions.messages = revision }
    }

    /// - Parameter revision: Nil leaves the conversation's revisions as they are.
    mutating func append(
        _ number: UInt32, fromSecond: Bool, timestamp: Int64, revision: UInt32?,
        to conversation: UInt32
    ) {
        var entry = entries[Int(conversation)]
        lists.append(number, to: &entry.list)
        if fromSecond { entry.fromSecondCount += 1 }
        let isLast = timestamp > entry.lastTimestamp
        if !isLast { unsorted.insert(conversation) }
        entry.lastTimestamp = max(entry.lastTimestamp, timestamp)
        if let revision {
            entry.revisions.messages = revision
            if isLast { entry.revisions.order = revision }
        }
        entries[Int(conversation)] = entry
    }

    mutating func remove(
        at rank: Int, fromSecond: Bool, revision: UInt32, from conversation: UInt32
    ) {
        var entry = entries[Int(conversation)]
        tombstones[conversation]?.remove(lists.number(rank, of: entry.list))
        lists.remove(at: rank, from: &entry.list)
        if fromSecond { entry.fromSecondCount -= 1 }
        entry.revisions.messages = revision
        entries[Int(conversation)] = entry
    }

    /// Removes the conversation and returns the numbers of its messages.
    mutating func remove(_ conversation: UInt32) -> [UInt32] {
        var entry = entries[Int(conversation)]
        let numbers = lists.numbers(0..<Int(entry.list.count), of: entry.list)
        lists.free(&entry.list)
        tombstones[conversation] = nil
        entry.fromSecondCount = 0
        (entry.bytesFromFirst, entry.bytesFromSecond) = (0, 0)
        entry.revisions = .init()
        entries[Int(conversation)] = entry
        free.append(conversation)
        return numbers
    }

    /// Sorts every list by timestamp. Returns the messages that have the timestamp of the one
    /// before them.
    mutating func sort(by timestamp: (UInt32) -> Int64) -> [UInt32] {
        var repeated: [UInt32] = []
        for conversation in unsorted {
            let list = entries[Int(conversation)].list
            let numbers = lists.numbers(0..<Int(list.count), of: list)
                .sorted { timestamp($0) < timestamp($1) }
            for (number, next) in zip(numbers, numbers.dropFirst())
            where timestamp(number) == timestamp(next) {
                repeated.append(next)
            }
            lists.reorder(list, numbers)
        }
        unsorted = []
        for conversation in unsortedTombstones { tombstones[conversation]?.sort() }
        unsortedTombstones = []
        return repeated
    }
}

/// The last changes of a conversation, as numbers of changes. `Index` numbers each change.
package struct ConversationRevisions: Sendable, Equatable, BitwiseCopyable {
    /// The change that added the newest message. Contact lists are sorted by it, because the clock
    /// may have been set back between two messages.
    package var order: UInt32 = 0
    /// The last change that added, deleted or removed a message.
    package var messages: UInt32 = 0

    package init(order: UInt32 = 0, messages: UInt32 = 0) {
        self.order = order
        self.messages = messages
    }
}
