internal import EventLoop
package import Storage

/// The figures for `ChatCore status` and for metrics. None of them costs a pass over a table.
extension PostgresStore: MeasuredDatabase {
    private static let sizeAgeMax = Duration.seconds(60)

    private static let countSome = Statement(
        "count_some_users",
        """
        SELECT count(*) FROM (SELECT 1 FROM users LIMIT \(DatabaseSize.usersCountedMax + 1)) few
        """)

    /// Tells from the catalogue, which not every engine has.
    private static let readCatalogue = Statement(
        "read_catalogue",
        """
        SELECT pg_database_size(current_database()), \
        (SELECT reltuples::bigint FROM pg_class WHERE oid = 'users'::regclass), \
        (SELECT extract(epoch FROM now() - last_archived_time)::bigint FROM pg_stat_archiver)
        """)

    package func size() async -> DatabaseSize? {
        if let known = knownSize, loop.now - known.readAt < Self.sizeAgeMax { return known.size }
        guard let rows = try? await reads.run([Self.readHead, Self.countSome]),
            let head = rows[0].first
        else { return nil }
        let catalogue = try? await reads.run([Self.readCatalogue])[0].first
        let counted = Int(rows[1].first?.number(0) ?? 0)
        let estimated = Int(catalogue?.numberIfAny(1) ?? 0)
        let size = DatabaseSize(
            users: counted > DatabaseSize.usersCountedMax ? max(counted, estimated) : counted,
            messages: Int(StoreHead(head).messages),
            bytes: catalogue?.numberIfAny(0).map { Int($0) },
            archiveAge: catalogue?.numberIfAny(2))
        knownSize = (size, loop.now)
        return size
    }
}
