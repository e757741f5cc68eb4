internal import Encoding
internal import EventLoop
package import Storage

/// The requests of an operator to any store. Copies of a database are made with its own tools.
extension PostgresStore: StoreAdministration {
    package var userCount: Int {
        get async {
            let count = Statement("count_users", "SELECT count(*) FROM users")
            guard let rows = try? await reads.run([count]) else { return 0 }
            return Int(rows[0].first?.number(0) ?? 0)
        }
    }

    package var state: StoreState { .open }

    /// There are no files to fold. Deleted contents have left the tables, and leave the files of
    /// the database with its next vacuum.
    package func fold() async throws(StorageFault) {}

    package func backup(to path: String) async throws(BackupFault) -> BackupReport {
        throw .store(.refused("a database is copied with its own tools, such as pg_basebackup"))
    }

    package func messages(laterThan latest: Int64) async throws(StorageFault) -> FutureMessages {
        let rows = try await reads.run([
            Statement(
                "read_later",
                "SELECT id, count(*) OVER () FROM messages WHERE sent_at > $1::bigint LIMIT 10",
                [.number(latest)])
        ])
        return FutureMessages(
            listed: rows[0].map { MessageID($0.text(0)) },
            count: Int(rows[0].first?.number(1) ?? 0))
    }

    package func lowerClock(to timestamp: Int64) async throws {
        let session = try await connector.connect()
        defer { session.close() }
        _ = try await session.run(
            [
                Statement(
                    "lower_clock", "UPDATE store SET newest = $1::bigint WHERE id = 1",
                    [.number(timestamp)])
            ], until: loop.now + ReadPool.timeMax)
        shared.value.newestTimestamp = timestamp
    }
}
