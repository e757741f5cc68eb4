internal import Encoding
internal import EventLoop
package import Storage

/// The counts of the records of a file that an import has stored or compared.
package struct ImportProgress: Sendable, Equatable {
    package internal(set) var users = 0
    package internal(set) var messages = 0
}

/// The move of a whole store from a file into a database that holds none.
extension PostgresStore {
    /// Stores a file that `export` or another store's export wrote, compares every record, and
    /// only then lets processes use the store.
    ///
    /// Each batch notes how far it came, in its own transaction. An import that was interrupted
    /// goes on there. The store begins a new incarnation.
    ///
    /// - Throws: `.refused` if the database holds data of another origin, or the file is of another
    ///   kind; `.damaged` for the file; a `DatabaseFault`.
    package func importStore(
        from path: String, _ tell: @Sendable (ImportProgress) -> Void
    ) async throws -> ExportSummary {
        let summary = try await ExportReader.check(path)
        let session = try await connector.connect()
        defer { session.close() }
        var progress = try await beginImport(of: summary, on: session)
        var passed = ImportProgress()
        let reader = try await ExportReader.open(path)
        while true {
            let batch = try await reader.next()
            if batch.isEmpty { break }
            let users = batch.users.dropFirst(max(0, progress.users - passed.users))
            let messages = batch.messages.dropFirst(max(0, progress.messages - passed.messages))
            passed.users += batch.users.count
            passed.messages += batch.messages.count
            if users.isEmpty, messages.isEmpty { continue }
            try await store(Array(users), Array(messages), &progress, on: session)
            tell(progress)
        }
        try await storePhotos(from: path, summary, on: session)
        try await compare(path, with: summary, on: session)
        try await comparePhotos(path, with: summary, on: session)
        try await finishImport(of: summary, on: session)
        return summary
    }

    // MARK: The beginning and the end

    private static let readProgress = Statement(
        "read_progress", "SELECT file, users, messages FROM imports WHERE id = 1 FOR UPDATE")

    private func beginImport(
        of summary: ExportSummary, on session: any DatabaseSession
    ) async throws -> ImportProgress {
        try await checkNewestStep(on: session)
        let rows = try await run(
            [
                .begin, Self.readProgress, Self.lockHead,
                Statement(
                    "find_data",
                    """
                    SELECT (SELECT count(*) FROM (SELECT 1 FROM users LIMIT 1) u) \
                    + (SELECT count(*) FROM (SELECT 1 FROM messages LIMIT 1) m) \
                    + (SELECT count(*) FROM (SELECT 1 FROM invites LIMIT 1) i)
                    """),
            ], on: session)
        if let found = rows[1].first {
            _ = try await run([.commit], on: session)
            guard found.text(0) == summary.name else {
                throw StorageFault.refused(
                    "the import of another file was not finished: run it again with that file, or "
                        + "make an empty database")
            }
            return ImportProgress(users: Int(found.number(1)), messages: Int(found.number(2)))
        }
        guard rows[2].count == 1, rows[3].first?.number(0) == 0 else {
            _ = try await run([.rollback], on: session)
            throw StorageFault.refused("the database holds data already; import into an empty one")
        }
        _ = try await run(
            [
                Statement("", "DELETE FROM store"), Statement("", "DELETE FROM vault_keys"),
                Statement("", "DELETE FROM commits"),
                Statement(
                    "",
                    "INSERT INTO imports (id, file, users, messages) VALUES (1, $1::bytea, 0, 0)",
                    [.text(summary.name)]),
            ] + Self.removePhotos + [.commit], on: session)
        return ImportProgress()
    }

    /// Makes the store usable: nothing was before its first change.
    private func finishImport(
        of summary: ExportSummary, on session: any DatabaseSession
    ) async throws {
        let head = summary.head
        // Every number that a row states is at most this one.
        let newest = max(Int64(head.revision), Int64(max(summary.messages, summary.longestList)))
        let keys = head.keys.sorted { $0.key < $1.key }
        _ = try await run(
            [
                .begin,
                Statement(
                    "",
                    """
                    INSERT INTO vault_keys (version, fingerprint) \
                    SELECT * FROM unnest($1::bigint[], $2::bytea[])
                    """, [.numbers(keys.map { Int64($0.key) }), .texts(keys.map { $0.value })]),
                Statement(
                    "",
                    """
                    INSERT INTO invites (digest, expires_at) \
                    SELECT * FROM unnest($1::bytea[], $2::bigint[])
                    """,
                    [.texts(head.invites.map(\.digest)), .numbers(head.invites.map(\.expiresAt))]),
                Self.countPhotoSpace, Statement("", "DELETE FROM imports"),
                Statement(
                    "",
                    """
                    INSERT INTO store (id, incarnation, begun, number, newest, messages, \
                    subscriptions) VALUES (1, $1::bigint, 0, $2::bigint, $3::bigint, \
                    $4::bigint, $5::bigint)
                    """,
                    [
                        .number(Int64(Incarnation().number)), .number(newest),
                        .number(head.newestTimestamp), .number(summary.messages),
                        .number(summary.subscriptions),
                    ]), .commit,
            ], on: session)
        // The planner knows nothing of the new rows. An engine may do without.
        for table in ["users", "friends", "messages", "message_ids", "photos", "photo_chunks"] {
            _ = try? await runLong(Statement("", "ANALYZE \(table)"), on: session)
        }
    }

    // MARK: Batches

    /// Stores some records and the new progress in one transaction.
    private func store(
        _ users: [UserRecord], _ messages: [StoredMessage], _ progress: inout ImportProgress,
        on session: any DatabaseSession
    ) async throws {
        var pairs = Set(messages.map { Pair($0.senderId, $0.receiverId) })
        for record in users {
            for partner in ImportedRows.partners(of: record) {
                pairs.insert(Pair(record.user.id, partner))
            }
        }
        var rows = ImportedRows(pairs)
        let found = try await run(
            [.begin] + Self.allowTime + [Self.readProgress, Loading.pairs(rows.pairs)],
            on: session)
        guard let noted = found[3].first, noted.number(1) == Int64(progress.users),
            noted.number(2) == Int64(progress.messages)
        else {
            _ = try await run([.rollback], on: session)
            throw StorageFault.refused("another import into this database is under way")
        }
        rows.take(found[4])
        for record in users { rows.add(record) }
        let added = messages.enumerated().map { index, message in
            rows.add(message, number: Int64(progress.messages + index + 1))
        }
        progress.users += users.count
        progress.messages += messages.count
        var statements = users.isEmpty ? [] : UserRow.adding(users.map { UserRow($0) })
        statements += Self.subscriptions(of: users)
        if !added.isEmpty { statements += MessageRow.adding(added) }
        if !rows.pairs.isEmpty { statements.append(rows.statement) }
        statements.append(
            Statement(
                "note_progress",
                "UPDATE imports SET users = $1::bigint, messages = $2::bigint WHERE id = 1",
                [.number(progress.users), .number(progress.messages)]))
        _ = try await run(statements + [.commit], on: session)
    }

    private static func subscriptions(of users: [UserRecord]) -> [Statement] {
        var keys: [ByteText] = []
        var places: [Int64] = []
        var all: [PushSubscription] = []
        for user in users.map(\.user) {
            for (place, subscription) in user.subscriptions.list.enumerated() {
                keys.append(user.id.key)
                places.append(Int64(place + 1))
                all.append(subscription)
            }
        }
        guard !all.isEmpty else { return [] }
        return [
            Statement(
                "import_subscriptions",
                """
                INSERT INTO subscriptions (user_id, endpoint, public_key, authentication, \
                session, place) SELECT * FROM unnest($1::bytea[], $2::bytea[], $3::bytea[], \
                $4::bytea[], $5::bytea[], $6::bigint[])
                """,
                [
                    .texts(keys), .texts(all.map(\.endpoint)), .texts(all.map(\.publicKey)),
                    .texts(all.map(\.authentication)), .texts(all.map(\.session)),
                    .numbers(places),
                ])
        ]
    }
}

extension UserRow {
    fileprivate init(_ record: UserRecord) {
        self.init(record.user, touched: Int64(record.revision ?? 0))
        oldest = Int64(record.oldestCursor)
    }
}
