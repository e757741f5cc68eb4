internal import Encoding
package import Storage

extension PostgresStore {
    /// The number of conversations whose last messages one query reads.
    private static let conversationsMax = 100

    package func messages(
        in conversation: Conversation, _ range: MessageRange
    ) async throws(StorageFault) -> RecordedMessages {
        let limit = min(max(range.limit, 0), MessageRange.limitMax)
        guard limit > 0 else { return RecordedMessages() }
        let pair = Pair(conversation)
        let bytes = Parameter.number(Int64(clamping: range.bytesMax))
        let bounds: [Parameter] =
            [.text(pair.user), .text(pair.friend), .number(limit), bytes]
        let statement: Statement
        if let deletedAfter = range.deletedAfter {
            statement = Statement(
                "read_deleted", Self.page(order: "deleted_at", newest: false),
                bounds + [.number(deletedAfter), .number(Int64.max)])
        } else {
            // Timestamps are from 0 on, and below 2^53.
            let (after, before) = (range.after ?? -1, range.before ?? .max)
            statement = Statement(
                range.keepsNewest ? "read_newest" : "read_oldest",
                Self.page(order: "sent_at", newest: range.keepsNewest),
                bounds + [.number(max(after, -1)), .number(before)])
        }
        let rows = try await reads.run([statement])
        let total = rows[0].first?.number(Columns.messageCount) ?? 0
        return RecordedMessages(
            rows[0].map { MessageRow($0).message }, bytesMax: range.bytesMax, of: Int(total))
    }

    /// Selects a page and the number of its messages before any was left out for its bytes.
    ///
    /// A record is longer than its content. So a message before which the contents alone exceed
    /// the limit is not read from the disk of the database.
    private static func page(order: String, newest: Bool) -> String {
        """
        SELECT \(Columns.message), q.total FROM (SELECT w.talk, w.sent_at, w.\(order) AS place, \
        count(*) OVER () AS total, sum(w.bytes) OVER (ORDER BY w.\(order)) - w.bytes AS before \
        FROM (SELECT m.talk, m.sent_at, m.deleted_at, octet_length(m.content) AS bytes \
        FROM messages m WHERE m.talk = (SELECT f.talk FROM friends f \
        WHERE f.user_id = $1::bytea AND f.friend_id = $2::bytea) AND m.\(order) > $5::bigint \
        AND m.\(order) < $6::bigint ORDER BY m.\(order) \(newest ? "DESC" : "ASC") \
        LIMIT $3::bigint) w) q JOIN messages m ON m.talk = q.talk AND m.sent_at = q.sent_at \
        WHERE q.before <= $4::bigint ORDER BY q.place
        """
    }

    package func lastMessages(
        in conversations: [Conversation], bytesMax: Int
    ) async throws(StorageFault) -> RecordedMessages {
        var found: [StoredMessage] = []
        var bytes = 0
        for start in stride(from: 0, to: conversations.count, by: Self.conversationsMax) {
            let end = min(start + Self.conversationsMax, conversations.count)
            let pairs = conversations[start..<end].map { Pair($0) }
            let rows = try await reads.run([
                Statement(
                    "read_last",
                    """
                    SELECT \(Columns.message) FROM unnest($1::bytea[], $2::bytea[]) \
                    WITH ORDINALITY p(user_id, friend_id, place) JOIN friends f \
                    ON f.user_id = p.user_id AND f.friend_id = p.friend_id \
                    JOIN messages m ON m.talk = f.talk AND m.sent_at = f.last_at ORDER BY p.place
                    """, [.texts(pairs.map(\.user)), .texts(pairs.map(\.friend))])
            ])
            let messages = rows[0].map { MessageRow($0).message }
            bytes += messages.reduce(0) { $0 + $1.content.utf8Count }
            found += messages
            if bytes > bytesMax { break }
        }
        return RecordedMessages(found, bytesMax: bytesMax, of: found.count)
    }

    package func partners(of id: UserID) async throws(StorageFault) -> [UserID] {
        let rows = try await reads.run([
            Statement(
                "read_partners",
                """
                SELECT u.spelling FROM friends f JOIN users u ON u.id = f.friend_id \
                WHERE f.user_id = $1::bytea AND f.last_at IS NOT NULL
                """, [.text(id.key)])
        ])
        return rows[0].map { UserID($0.text(0)) }
    }

    package func message(_ id: MessageID) async throws(StorageFault) -> StoredMessage? {
        let loading = Loading(Wanted([.message(id)]))
        let rows = try await reads.run(loading.statements)
        return rows[0].first.map { MessageRow($0).message }
    }

    package func scan(
        after cursor: ScanCursor?, limit: Int
    ) async throws(StorageFault) -> (messages: [StoredMessage], next: ScanCursor?) {
        let limit = min(max(limit, 1), MessageRange.limitMax)
        let rows = try await reads.run([
            Statement(
                "scan_messages",
                """
                SELECT \(Columns.message) FROM messages m WHERE m.number > $1::bigint \
                ORDER BY m.number LIMIT $2::bigint
                """, [.number(cursor?.place ?? 0), .number(limit)])
        ])
        let found = rows[0].map { MessageRow($0) }
        let next = found.count < limit ? nil : found.last.map { ScanCursor($0.number) }
        return (found.map(\.message), next)
    }
}
