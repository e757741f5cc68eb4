internal import Encoding
internal import Storage

extension WorkingSet {
    /// Writes whole rows of `friends`. The count of unread messages is written as it was loaded
    /// and altered; the statement for markers comes after this one.
    func rowStatement() -> Statement {
        FriendRow.writing(writes.rows.compactMap { row($0) })
    }
}

extension FriendRow {
    /// Returns the statement that writes these rows, new or not.
    static func writing(_ rows: [FriendRow]) -> Statement {
        Statement("write_rows", writeRows, parameters(of: rows))
    }

    private static let columns = Columns.friend.split(separator: ", ").map {
        String($0.dropFirst(2))
    }

    private static let types: [ByteText: String] = [
        "user_id": "bytea", "friend_id": "bytea", "added_by_user": "boolean",
        "last_own": "boolean",
    ]

    private static let writeRows: String = {
        let arrays = columns.enumerated().map { index, column in
            "$\(index + 1)::\(types[ByteText(column)] ?? "bigint")[]"
        }
        let updates = columns.dropFirst(2).map { "\($0) = excluded.\($0)" }
        return "INSERT INTO friends (\(columns.joined(separator: ", "))) "
            + "SELECT * FROM unnest(\(arrays.joined(separator: ", "))) "
            + "ON CONFLICT (user_id, friend_id) DO UPDATE SET "
            + updates.joined(separator: ", ")
    }()

    private static func parameters(of rows: [FriendRow]) -> [Parameter] {
        [
            .texts(rows.map(\.pair.user)), .texts(rows.map(\.pair.friend)),
            .numbers(rows.map(\.contact)), .numbers(rows.map(\.blocked)),
            .numbers(rows.map(\.former)), .numbers(rows.map(\.befriended)),
            .numbers(rows.map(\.addedAt)), .flags(rows.map(\.addedByUser)),
            .numbers(rows.map(\.readUpTo)), .numbers(rows.map(\.talk)),
            .numbers(rows.map(\.talkChanged)), .numbers(rows.map(\.clock)),
            .numbers(rows.map(\.lastNumber)), .numbers(rows.map(\.lastAt)),
            .flags(rows.map(\.lastOwn)), .numbers(rows.map(\.sent)),
            .numbers(rows.map(\.received)), .numbers(rows.map(\.unread)),
            .numbers(rows.map(\.deletedAt)), .numbers(rows.map(\.changed)),
            .numbers(rows.map(\.friendReadUpTo)),
        ]
    }
}
