/// All users as a new `db.json` will hold them, with their current revisions. The arrays are copied
/// on write, so making it costs nothing.
struct FoldedUsers: Sendable {
    private let slots: [UserSlot]
    private let revisions: ChunkedArray<UInt32>
    private let conversations: ChunkedArray<ConversationTable.Entry>
    private let pairs: ChunkedArray<RowTable.Pair>
    private let reads: ChunkedArray<ReadTable.Pair>
    private let oldestCursors: [UInt32]
    /// The number of the last change that the users include.
    let lastRevision: UInt32

    init(of index: borrowing Index) {
        slots = index.users.slots
        revisions = index.userRevisions
        conversations = index.conversations.entries
        pairs = index.rows.pairs
        reads = index.reads.pairs
        oldestCursors = index.rows.oldestCursors
        lastRevision = index.lastRevision
    }

    /// Calls `body` with the record of each user.
    func forEach<Fault>(_ body: (UserRecord) throws(Fault) -> Void) throws(Fault) {
        let partners = conversationsByUser()
        for number in slots.indices where slots[number].isPresent {
            var record = UserRecord(slots.user(UInt32(number)))
            record.revision = number < revisions.count ? revisions[number] : 0
            if number < oldestCursors.count { record.oldestCursor = oldestCursors[number] }
            record.conversations = partners[number].map { recorded($0, of: UInt32(number)) }
            try body(record)
        }
    }

    private func recorded(_ conversation: UInt32, of user: UInt32) -> RecordedConversation {
        let entry = conversations[Int(conversation)]
        let pair = pair(Int(conversation))
        let isFirst = entry.first == user
        var row = RecordedRow(changed: pair.changed(forSecond: !isFirst))
        row.befriended = pair.befriended
        if pair.adding != .unknown {
            row.addedAt = pair.addedAt
            row.isAddedByUser = (pair.adding == .byFirst) == isFirst
        }
        if Int(conversation) < reads.count {
            row.readUpTo = reads[Int(conversation)].upTo(forSecond: !isFirst)
        }
        return RecordedConversation(
            with: slots[Int(isFirst ? entry.second : entry.first)].id, entry.revisions, row)
    }

    private func pair(_ conversation: Int) -> RowTable.Pair {
        conversation < pairs.count ? pairs[conversation] : RowTable.Pair()
    }

    /// Returns the conversations of each user that have changed. The records of both users state
    /// them.
    private func conversationsByUser() -> [[UInt32]] {
        var lists = [[UInt32]](repeating: [], count: slots.count)
        for number in 0..<conversations.count {
            let entry = conversations[number]
            guard
                entry.revisions != ConversationRevisions() || pair(number) != RowTable.Pair()
                    || (number < reads.count && reads[number].isMarked)
            else { continue }
            lists[Int(entry.first)].append(UInt32(number))
            if entry.second != entry.first { lists[Int(entry.second)].append(UInt32(number)) }
        }
        return lists
    }
}
