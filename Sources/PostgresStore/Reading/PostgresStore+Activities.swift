internal import Encoding
package import Storage

/// The counts of users, for their operator. The rows of `friends` have all but the bytes, for which
/// a user's messages are read. So only the answer about one user has those.
extension PostgresStore {
    private static let pageCount: Int64 = 1_000

    package func activities() async throws(StorageFault) -> [UserActivity] {
        var found: [UserActivity] = []
        var last: ByteText = ""
        while true {
            let rows = try await reads.run([
                Statement(
                    "list_activities",
                    """
                    \(Self.selection) WHERE u.id > $1::bytea GROUP BY u.id ORDER BY u.id \
                    LIMIT $2::bigint
                    """, [.text(last), .number(Self.pageCount)])
            ])
            found += rows[0].map { Self.activity($0) }
            guard rows[0].count == Int(Self.pageCount), let end = found.last else { return found }
            last = end.id.key
        }
    }

    package func activity(of id: UserID) async throws(StorageFault) -> UserActivity? {
        let rows = try await reads.run([
            Statement(
                "read_activity", "\(Self.selection) WHERE u.id = $1::bytea GROUP BY u.id",
                [.text(id.key)]),
            Statement(
                "read_activity_bytes",
                """
                SELECT coalesce(sum(octet_length(m.content)), 0)::bigint FROM messages m \
                JOIN friends f ON f.talk = m.talk \
                WHERE f.user_id = $1::bytea AND m.sender = $1::bytea
                """, [.text(id.key)]),
        ])
        guard var activity = rows[0].first.map({ Self.activity($0) }) else { return nil }
        activity.bytes = rows[1].first?.number(0)
        return activity
    }

    private static let selection = """
        SELECT u.spelling, u.name, u.password, count(f.contact), \
        coalesce(sum(f.sent), 0)::bigint, min(f.added_at), \
        max(CASE WHEN f.last_own THEN f.last_at WHEN f.sent > 0 THEN \(lastSent) END), \
        max(nullif(f.read_up_to, 0)) FROM users u LEFT JOIN friends f ON f.user_id = u.id
        """

    /// The time of the user's last message in a conversation whose last one is the friend's. It is
    /// found near the end, since people answer each other.
    private static let lastSent = """
        (SELECT m.sent_at FROM messages m WHERE m.talk = f.talk AND m.sender = f.user_id \
        ORDER BY m.sent_at DESC LIMIT 1)
        """

    private static func activity(_ row: Row) -> UserActivity {
        var activity = UserActivity(
            id: UserID(row.text(0)), username: row.text(1),
            isDisabled: User.isDisabled(password: row.text(2)), friendCount: Int(row.number(3)))
        activity.messageCount = Int(row.number(4))
        activity.begins(at: row.numberIfAny(5))
        activity.reaches(row.numberIfAny(6))
        activity.reaches(row.numberIfAny(7))
        return activity
    }
}
