internal import EventLoop
internal import Logging
internal import RateLimit
internal import Storage

/// Batches of which nobody knows whether they were committed.
extension PostgresStore {
    /// The time for which the outcome of a batch is looked up before its callers hear that nobody
    /// knows it.
    private static let doubtMax = Duration.seconds(30)

    /// Notes the batch in its own transaction, by which its outcome is known later.
    func noteBatch(_ number: Int64) -> Statement {
        Statement(
            "note_batch",
            """
            INSERT INTO commits (replica, batch, number) \
            VALUES ($1::bytea, $2::bigint, $3::bigint) \
            ON CONFLICT (replica) DO UPDATE SET batch = excluded.batch, number = excluded.number
            """, [.text(replica), .number(batch), .number(number)])
    }

    /// Returns whether a batch was committed whose connection was lost.
    ///
    /// The transaction may still be under way. It holds the lock of the head, so whoever gets that
    /// lock sees its outcome.
    func hasCommitted(_ batch: Int64, _ kept: inout KeptSession) async throws -> Bool {
        let end = loop.now + Self.doubtMax
        while !Task.isCancelled, loop.now < end {
            do throws(DatabaseFault) {
                let session = try await kept.usable()
                let rows = try await session.run(
                    [
                        .begin, Self.lockHead,
                        Statement(
                            "find_batch", "SELECT batch FROM commits WHERE replica = $1::bytea",
                            [.text(replica)]), .commit,
                    ], until: loop.now + .seconds(5))
                return rows[2].first?.number(0) ?? 0 >= batch
            } catch {
                log.log(
                    .error, "the outcome of a change is unknown yet", naming: ["why": "\(error)"])
            }
        }
        throw StorageFault.failed("the outcome of a change is unknown")
    }
}
