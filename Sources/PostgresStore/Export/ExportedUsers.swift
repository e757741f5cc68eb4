internal import Encoding
internal import Storage

/// Loads users as the records of a file.
struct ExportedUsers: Sendable {
    private let numbers: ExportNumbers

    init(_ numbers: ExportNumbers) { self.numbers = numbers }

    /// Returns the statements whose rows `records` takes.
    func statements(_ keys: [ByteText]) -> [Statement] {
        let keys = Parameter.texts(keys)
        return [
            Statement(
                "export_users",
                """
                SELECT \(Columns.user) FROM users u WHERE u.id = ANY($1::bytea[]) ORDER BY u.id
                """, [keys]),
            Statement(
                "export_rows",
                """
                SELECT \(Columns.friend), u.spelling FROM friends f \
                JOIN users u ON u.id = f.friend_id WHERE f.user_id = ANY($1::bytea[]) \
                ORDER BY f.user_id, f.friend_id
                """, [keys]),
            Statement(
                "export_subscriptions",
                """
                SELECT \(Columns.subscription) FROM subscriptions \
                WHERE user_id = ANY($1::bytea[]) ORDER BY user_id, place
                """, [keys]),
        ]
    }

    /// Returns the records in the order of the users' keys.
    func records(_ rows: some Collection<Rows>) -> [UserRecord] {
        let parts = Array(rows)
        var friends: [ByteText: [(row: FriendRow, spelling: ByteText)]] = [:]
        parts[1].forEach { row in
            let found = FriendRow(row)
            friends[found.pair.user, default: []].append((found, row.text(Columns.friendCount)))
        }
        var subscriptions: [ByteText: [PushSubscription]] = [:]
        parts[2].forEach { subscriptions[$0.text(0), default: []].append(PushSubscription($0)) }
        return parts[0].map { row in
            let user = UserRow(row)
            return record(user, friends[user.key] ?? [], subscriptions[user.key] ?? [])
        }
    }

    private func record(
        _ row: UserRow, _ friends: [(row: FriendRow, spelling: ByteText)],
        _ subscriptions: [PushSubscription]
    ) -> UserRecord {
        func list(_ place: (FriendRow) -> Int64?) -> [UserID] {
            friends.compactMap { friend in place(friend.row).map { ($0, friend.spelling) } }
                .sorted { $0 < $1 }.map { UserID($0.1) }
        }
        var user = User(
            id: UserID(row.spelling), username: row.name, password: row.password,
            epoch: Int(row.epoch))
        user.contacts = list { $0.contact }
        user.blocked = list { $0.blocked }
        user.formerFriends = list { $0.former }
        user.subscriptions = PushSubscriptions(subscriptions)
        var record = UserRecord(user)
        record.revision = numbers(friends.reduce(row.touched) { max($0, $1.row.changed) })
        record.oldestCursor = numbers(row.oldest)
        record.conversations = friends.map { conversation($0.row, with: UserID($0.spelling)) }
            .filter(\.hasContent)
        return record
    }

    private func conversation(_ row: FriendRow, with partner: UserID) -> RecordedConversation {
        var recorded = RecordedRow(changed: numbers(row.changed))
        recorded.befriended = numbers(row.befriended)
        recorded.addedAt = row.addedAt
        recorded.isAddedByUser = row.addedByUser == true
        recorded.readUpTo = row.readUpTo
        return RecordedConversation(
            with: partner,
            ConversationRevisions(
                order: numbers(row.lastNumber), messages: numbers(row.talkChanged)), recorded)
    }
}

extension RecordedConversation {
    fileprivate var hasContent: Bool {
        revisions != ConversationRevisions() || row.changed > 0 || row.befriended > 0
            || row.addedAt != nil || row.readUpTo > 0
    }
}

extension UserRecord {
    /// The record with its conversations in one order, and without those that say nothing. Two
    /// records of the same user have the same one.
    var inOneOrder: UserRecord {
        var record = self
        record.conversations = conversations.filter(\.hasContent).sorted {
            $0.partner.key < $1.partner.key
        }
        return record
    }
}
