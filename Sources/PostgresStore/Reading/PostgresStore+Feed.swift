internal import Encoding
package import Storage

extension PostgresStore {
    /// The most messages that one step reads, since every conversation of the feed offers as many.
    private static let feedStepMax = 100

    package func newestMessages(
        in feed: inout MessageFeed, limit: Int, bytesMax: Int
    ) async throws(StorageFault) -> RecordedMessages {
        let limit = min(max(limit, 0), Self.feedStepMax)
        let rows = try await reads.run([Self.feedStatement(feed, limit: limit)])
        let found = rows[0].map { row in
            let message = MessageRow(row).message
            let friend = UserID(row.text(Columns.messageCount))
            return (MessageFeed.Place(timestamp: message.timestamp, friend: friend), message)
        }
        let page = RecordedMessages(
            found.map(\.1), bytesMax: bytesMax, of: found.count)
        if !page.isEmpty { feed.place = found[page.count - 1].0 }
        feed.isAtEnd = page.count == found.count && found.count < limit
        return page
    }

    /// Selects the next messages. Each conversation offers its next ones.
    private static func feedStatement(_ feed: MessageFeed, limit: Int) -> Statement {
        Statement(
            "read_feed",
            """
            SELECT \(Columns.message), u.spelling FROM friends f \
            JOIN users u ON u.id = f.friend_id CROSS JOIN LATERAL (SELECT n.* FROM messages n \
            WHERE n.talk = f.talk AND n.deleted_at IS NULL AND n.sent_at <= $3::bigint \
            AND (n.sent_at < $3::bigint OR $4::bytea IS NULL OR u.spelling < $4::bytea) \
            ORDER BY n.sent_at DESC LIMIT $5::bigint) m \
            WHERE f.user_id = $1::bytea AND f.contact IS NOT NULL \
            AND ($2::bytea IS NULL OR f.friend_id = $2::bytea) \
            ORDER BY m.sent_at DESC, u.spelling DESC LIMIT $5::bigint
            """,
            [
                .text(feed.user.key), .text(feed.friend?.key),
                .number(feed.place?.timestamp ?? .max), .text(feed.place?.friend.text),
                .number(limit),
            ])
    }
}
