package import Encoding
internal import EventLoop
package import Storage

/// Facts that processes share beside the store's contents. Times are those of the database.
extension PostgresStore: SharedStore {
    static let now = "(extract(epoch FROM now()) * 1000000)::bigint"

    package func take(
        _ cost: Duration, of allowance: ByteText, within period: Duration
    ) async throws(StorageFault) -> Duration? {
        let parameters: [Parameter] = [
            .text(allowance), .number(cost.microseconds), .number(period.microseconds),
        ]
        // An allowance is one time: that at which it will be full.
        let rows = try await reads.run(
            [
                Statement(
                    "take_allowance",
                    """
                    INSERT INTO allowances (key, full_at) \
                    SELECT $1::bytea, \(Self.now) + $2::bigint WHERE $2::bigint <= $3::bigint \
                    ON CONFLICT (key) DO UPDATE SET full_at = \
                    greatest(allowances.full_at, excluded.full_at - $2::bigint) + $2::bigint \
                    WHERE greatest(allowances.full_at - excluded.full_at + $2::bigint, 0) \
                    + $2::bigint <= $3::bigint RETURNING full_at
                    """, parameters),
                Statement(
                    "find_allowance",
                    """
                    SELECT full_at - \(Self.now) + $2::bigint - $3::bigint FROM allowances \
                    WHERE key = $1::bytea
                    """, parameters),
            ], mayRepeat: false)
        if rows[0].count > 0 { return nil }
        return .microseconds(max(rows[1].first?.number(0) ?? 0, 1))
    }

    package func notePolls(
        _ ages: [(user: UserID, age: Duration)]
    ) async throws(StorageFault) {
        _ = try await reads.run([
            Statement(
                "note_polls",
                """
                INSERT INTO polls (user_id, polled_at) SELECT p.user_id, \(Self.now) - p.age \
                FROM unnest($1::bytea[], $2::bigint[]) p(user_id, age) \
                WHERE EXISTS (SELECT 1 FROM subscriptions s WHERE s.user_id = p.user_id) \
                ORDER BY p.user_id ON CONFLICT (user_id) DO UPDATE \
                SET polled_at = greatest(polls.polled_at, excluded.polled_at)
                """,
                [
                    .texts(ages.map { $0.user.key }), .numbers(ages.map { $0.age.microseconds }),
                ])
        ])
    }

    package func hasPolled(
        _ user: UserID, within time: Duration
    ) async throws(StorageFault) -> Bool {
        let rows = try await reads.run([
            Statement(
                "find_poll",
                """
                SELECT 1 FROM polls WHERE user_id = $1::bytea \
                AND polled_at >= \(Self.now) - $2::bigint
                """, [.text(user.key), .number(time.microseconds)])
        ])
        return rows[0].count > 0
    }

    package func beginAnnouncement(
        from sender: UserID, to receiver: UserID
    ) async throws(StorageFault) -> Bool {
        let rows = try await reads.run(
            [
                Statement(
                    "begin_announcement",
                    """
                    INSERT INTO announcements (receiver, sender, up_to) \
                    SELECT f.user_id, f.friend_id, coalesce(f.last_at, 0) FROM friends f \
                    WHERE f.user_id = $1::bytea AND f.friend_id = $2::bytea \
                    ON CONFLICT (receiver, sender) DO UPDATE SET up_to = excluded.up_to \
                    WHERE announcements.up_to <= (SELECT f.read_up_to FROM friends f \
                    WHERE f.user_id = $1::bytea AND f.friend_id = $2::bytea) RETURNING 1
                    """, [.text(receiver.key), .text(sender.key)])
            ], mayRepeat: false)
        return rows[0].count > 0
    }

    package func endAnnouncements(
        _ ended: [(sender: UserID, receiver: UserID)]
    ) async throws(StorageFault) {
        _ = try await reads.run([
            Statement(
                "end_announcements",
                """
                DELETE FROM announcements \
                USING unnest($1::bytea[], $2::bytea[]) p(receiver, sender) \
                WHERE announcements.receiver = p.receiver AND announcements.sender = p.sender
                """,
                [
                    .texts(ended.map { $0.receiver.key }), .texts(ended.map { $0.sender.key }),
                ])
        ])
    }

    /// Removes allowances that are full, until the task is cancelled.
    func forgetAllowances() async {
        while !Task.isCancelled {
            do { try await loop.sleep(for: .seconds(3_600)) } catch { return }
            _ = try? await reads.run([
                Statement(
                    "forget_allowances", "DELETE FROM allowances WHERE full_at < \(Self.now)")
            ])
        }
    }
}

extension Duration {
    fileprivate var microseconds: Int64 {
        components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
    }
}
