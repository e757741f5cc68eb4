/// All users as a new `db.json` will hold them, with their current revisions. The arrays are copied
/// on write, so making it costs nothing.
struct FoldedUsers: Sendable {
    private let slots: [UserSlot]
    private let revisions: ChunkedArray<UInt32>
    private let conversations: ChunkedArray<ConversationTable.Entry>
    /// The number of the last change that the users include.
    let lastRevision: UInt32

    init(of index: borrowing Index) {
        slots = index.users.slots
        revisions = index.userRevisions
        conversations = index.conversations.entries
        lastRevision = index.lastRevision
    }

    /// Calls `body` with the record of each user.
    func forEach<Fault>(_ body: (UserRecord) throws(Fault) -> Void) throws(Fault) {
        let partners = conversationsByUser()
        for number in slots.indices where slots[number].isPresent {
            var record = UserRecord(slots.user(UInt32(number)))
            record.revision = number < revisions.count ? revisions[number] : 0
            record.conversations = partners[number].map { conversation in
                let entry = conversations[Int(conversation)]
                let partner = Int(entry.first) == number ? entry.second : entry.first
                return RecordedConversation(with: slots[Int(partner)].id, entry.revisions)
            }
            try body(record)
        }
    }

    /// Returns the conversations with revisions of each user. The records of both users state them.
    private func conversationsByUser() -> [[UInt32]] {
        var lists = [[UInt32]](repeating: [], count: slots.count)
        for number in 0..<conversations.count {
            let entry = conversations[number]
            guard entry.revisions != ConversationRevisions() else { continue }
            lists[Int(entry.first)].append(UInt32(number))
            if entry.second != entry.first { lists[Int(entry.second)].append(UInt32(number)) }
        }
        return lists
    }
}
