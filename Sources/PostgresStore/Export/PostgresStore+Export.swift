internal import Encoding
internal import EventLoop
package import Storage

/// The move of a whole store into a file, from one moment of the database.
extension PostgresStore {
    static let exportedUsersAtOnce = 200
    static let exportedMessagesAtOnce = 500
    /// The longest time of one exchange during an export or import.
    static let exchangeMax = Duration.seconds(600)

    /// Statements of a move may take longer than those of a request.
    static let allowTime = [
        Statement("", "SET LOCAL statement_timeout = 0"),
        Statement("", "SET LOCAL idle_in_transaction_session_timeout = 0"),
    ]

    /// Writes the store into one file, and reads that file back.
    ///
    /// - Throws: `.refused` if the file is there or cannot be written; a `DatabaseFault`.
    package func export(to path: String) async throws -> ExportSummary {
        try await checkSchema()
        let session = try await connector.connect()
        defer { session.close() }
        let writer = try await ExportWriter.begin(path)
        do { try await export(to: writer, on: session) } catch {
            await writer.abandon()
            throw error
        }
        return try await ExportFile(path).checked()
    }

    /// Runs one statement that may take as long as the store is large.
    func runLong(
        _ statement: Statement, on session: any DatabaseSession
    ) async throws(DatabaseFault) -> Rows {
        try await run([.begin] + Self.allowTime + [statement, .commit], on: session)[
            1 + Self.allowTime.count]
    }

    private func export(to writer: ExportWriter, on session: any DatabaseSession) async throws {
        let rows = try await run(
            [.beginReading] + Self.allowTime + [Self.readHead, Self.loadKeys, Self.loadInvites],
            on: session)
        guard let head = rows[3].first.map({ StoreHead($0) }) else { throw StorageFault.absent }
        let numbers = ExportNumbers(head)
        var last: ByteText = ""
        while true {
            let keys = try await run([Self.keys(after: last)], on: session)[0].map { $0.text(0) }
            guard let end = keys.last else { break }
            let users = ExportedUsers(numbers)
            try await writer.add(
                users.records(try await run(users.statements(keys), on: session)))
            last = end
        }
        try await writer.endUsers()
        var number: Int64 = 0
        var named: Set<PhotoID> = []
        while true {
            let found = try await run([Self.messages(after: number)], on: session)[0].map {
                MessageRow($0)
            }
            guard let end = found.last?.number else { break }
            try await writer.add(found.map(\.message))
            named.formUnion(found.compactMap(\.message.photo?.id))
            number = end
        }
        try await writer.endRecords(
            ExportHead(
                newestTimestamp: head.newest, revision: numbers.newest, keys: Self.keys(rows[4]),
                invites: rows[5].map { Invite(digest: $0.text(0), expiresAt: $0.number(1)) }))
        if !named.isEmpty { try await export(named, to: writer, on: session) }
        _ = try await run([.commit], on: session)
        try await writer.finish()
    }

    func run(
        _ statements: [Statement], on session: any DatabaseSession
    ) async throws(DatabaseFault) -> [Rows] {
        try await session.run(statements, until: loop.now + Self.exchangeMax)
    }

    static let loadKeys = Statement("load_keys", "SELECT version, fingerprint FROM vault_keys")
    static let loadInvites = Statement("export_invites", "SELECT digest, expires_at FROM invites")

    static func keys(_ rows: Rows) -> [Int: ByteText] {
        var keys: [Int: ByteText] = [:]
        rows.forEach { keys[Int($0.number(0))] = $0.text(1) }
        return keys
    }

    private static func keys(after key: ByteText) -> Statement {
        Statement(
            "export_keys",
            """
            SELECT id FROM users WHERE id > $1::bytea ORDER BY id \
            LIMIT \(exportedUsersAtOnce)
            """, [.text(key)])
    }

    /// Selects messages in the order in which they became visible.
    static func messages(after number: Int64) -> Statement {
        Statement(
            "export_messages",
            """
            SELECT \(Columns.message) FROM messages m WHERE m.number > $1::bigint \
            ORDER BY m.number LIMIT \(exportedMessagesAtOnce)
            """, [.number(number)])
    }
}
