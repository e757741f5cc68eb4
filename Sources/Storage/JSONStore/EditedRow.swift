internal import Encoding

/// The rows of a user in a `db.json` that somebody has edited: who added whom, and how far the user
/// has read. Their revisions do not count, because an edited file gets others.
enum EditedRow {
    /// Returns the rows, or nil if one is not what the store could have written.
    static func all(of user: JSONObject) -> [RecordedConversation]? {
        guard let value = user["conversations"] else { return [] }
        guard let list = value.array else { return nil }
        var rows: [RecordedConversation] = []
        for value in list {
            guard let object = value.object, let row = row(object) else { return nil }
            rows.append(row)
        }
        return rows
    }

    private static func row(_ object: JSONObject) -> RecordedConversation? {
        guard let partner = object["with"]?.text else { return nil }
        var row = RecordedRow(changed: 0)
        if let value = object["addedAt"] {
            guard let time = time(value) else { return nil }
            row.addedAt = time
            row.isAddedByUser = object["isAdder"] == .bool(true)
        }
        if let value = object["readUpTo"] {
            guard let time = time(value) else { return nil }
            row.readUpTo = time
        }
        return RecordedConversation(with: UserID(partner), ConversationRevisions(), row)
    }

    private static func time(_ value: JSONValue) -> Int64? {
        value.integer.flatMap { StoredMessage.timestamps.contains($0) ? $0 : nil }
    }
}
