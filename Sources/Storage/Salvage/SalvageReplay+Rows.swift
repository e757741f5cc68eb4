/// The rows of the users' records, and read markers.
extension SalvageReplay {
    /// Adds a user of `db.json`.
    mutating func add(_ record: UserRecord, at offset: Int64) {
        add(record.user, at: offset)
        for conversation in record.conversations where conversation.row.hasFacts {
            rows.append((record.user.id, conversation))
        }
    }

    /// Moves a marker to the newest message up to that time. The marker's own message may be lost.
    mutating func markRead(_ reader: UserID, _ other: UserID, upTo time: Int64) {
        // A store states markers before its first one, perhaps in a line that is lost.
        statesMarkers = true
        // Ranks are valid only in sorted conversations.
        removeRepeated()
        guard let time = memory.timestamp(of: Conversation(reader, other), upTo: time) else {
            return
        }
        let change = Change.messagesRead(by: reader, with: other, upTo: time)
        if memory.problem(with: change) == nil { memory.apply(change, message: nil, at: nil) }
    }

    /// Takes the rows of the users' records: who added whom, and the read markers. Call it after
    /// the snapshot's last record.
    mutating func endSnapshot(_ meta: SnapshotMeta?) {
        for (user, record) in rows {
            guard let user = memory.index.users.number(of: user),
                let partner = memory.index.users.number(of: record.partner), partner != user
            else { continue }
            let conversation = memory.index.conversation(user, partner)
            var row = RecordedRow(changed: 0)
            row.addedAt = record.row.addedAt
            row.isAddedByUser = record.row.isAddedByUser
            memory.index.setRow(row, of: user, in: conversation)
            memory.index.setMarker(record.row.readUpTo, of: user, in: conversation)
        }
        statesMarkers = meta?.statesMarkers ?? rows.contains { $0.record.row.readUpTo > 0 }
        rows = []
        replay.endMarkers()
    }
}
