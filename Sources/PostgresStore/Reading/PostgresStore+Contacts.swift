internal import Encoding
package import Storage

extension PostgresStore {
    private static let row = "\(Columns.friend), u.spelling, u.name"

    package func contacts(of id: UserID) async throws(StorageFault) -> [ContactSummary]? {
        let rows = try await reads.run([
            .beginReading, Self.readHead, Self.readUser(id),
            Statement(
                "read_contacts",
                """
                SELECT \(Self.row) FROM friends f JOIN users u ON u.id = f.friend_id \
                WHERE f.user_id = $1::bytea AND f.contact IS NOT NULL
                """, [.text(id.key)]), .commit,
        ])
        guard let head = rows[1].first.map({ StoreHead($0) }), let own = rows[2].first else {
            return nil
        }
        let user = UserRow(own)
        return Self.inOrder(rows[3].map { Self.summary($0, of: user, head) })
    }

    package func contactChanges(
        of id: UserID, since cursor: UInt64
    ) async throws(StorageFault) -> ContactChanges? {
        if cursor == 0 {
            return try await contacts(of: id).map { .changes($0, removed: []) }
        }
        // The rows of a cursor of another incarnation are not used.
        let rows = try await reads.run([
            .beginReading, Self.readHead, Self.readUser(id),
            Statement(
                "read_changes",
                """
                SELECT \(Self.row) FROM friends f JOIN users u ON u.id = f.friend_id \
                JOIN store s ON s.id = 1 WHERE f.user_id = $1::bytea \
                AND f.changed > s.begun + $2::bigint AND s.incarnation = $3::bigint \
                AND (f.contact IS NOT NULL OR f.former IS NOT NULL)
                """,
                [
                    .text(id.key), .number(Int64(cursor & 0xFFFF_FFFF)),
                    .number(Int64(clamping: cursor >> 32)),
                ]), .commit,
        ])
        guard let head = rows[1].first.map({ StoreHead($0) }), let found = rows[2].first else {
            return nil
        }
        let own = UserRow(found)
        let newest = head.revision(found.number(7))
        guard head.incarnation.change(of: cursor) != nil, cursor <= newest,
            cursor >= head.revision(own.oldest)
        else { return .unknownCursor }
        var changed: [ContactSummary] = []
        var removed: [ContactChanges.Removed] = []
        rows[3].forEach { row in
            let summary = Self.summary(row, of: own, head)
            if FriendRow(row).contact != nil {
                changed.append(summary)
            } else {
                removed.append(.init(id: summary.id, changed: summary.changed))
            }
        }
        return .changes(
            Self.inOrder(changed), removed: removed.sorted { $0.changed > $1.changed })
    }

    /// Returns the row of a user with the last change of the contact list.
    private static func readUser(_ id: UserID) -> Statement {
        Statement(
            "read_user",
            """
            SELECT \(Columns.user), greatest(u.touched, (SELECT max(f.changed) FROM friends f \
            WHERE f.user_id = u.id)) FROM users u WHERE u.id = $1::bytea
            """, [.text(id.key)])
    }

    private static func summary(_ row: Row, of own: UserRow, _ head: StoreHead) -> ContactSummary {
        let found = FriendRow(row)
        let id = UserID(row.text(Columns.friendCount))
        var summary = ContactSummary(id: id, username: row.text(Columns.friendCount + 1))
        summary.changed = head.revision(max(found.changed, own.oldest))
        summary.order = max(found.lastNumber ?? 0, found.befriended ?? 0)
        summary.addedAt = found.addedAt
        summary.addedBy = found.addedByUser.map { $0 ? UserID(own.spelling) : id }
        summary.receivedCount = Int(found.received)
        summary.sentCount = Int(found.sent)
        summary.unreadCount = Int(found.unread)
        summary.readUpTo = found.readUpTo
        summary.friendReadUpTo = found.friendReadUpTo
        summary.lastDeletedAt = found.deletedAt
        if let time = found.lastAt {
            summary.lastMessage = .init(
                senderId: found.lastOwn == true ? UserID(own.spelling) : id, timestamp: time)
        }
        return summary
    }

    private static func inOrder(_ rows: [ContactSummary]) -> [ContactSummary] {
        let written = rows.filter { $0.lastMessage != nil }.sorted { $0.order > $1.order }
        let neverWritten = rows.filter { $0.lastMessage == nil }.sorted {
            ($0.username.caseFolded, $0.username) < ($1.username.caseFolded, $1.username)
        }
        return written + neverWritten
    }
}
