internal import Encoding
internal import Storage

/// The comparison of a database with the file that was imported into it.
extension PostgresStore {
    /// - Throws: `.failed` with the first record that differs.
    func compare(
        _ path: String, with summary: ExportSummary, on session: any DatabaseSession
    ) async throws {
        // The numbers of the file are those of the rows.
        let users = ExportedUsers(ExportNumbers(none: ()))
        let reader = try await ExportReader.open(path)
        var number: Int64 = 0
        while true {
            let batch = try await reader.next()
            if batch.isEmpty { break }
            try await compare(batch.users, users, on: session)
            var rest = batch.messages[...]
            while !rest.isEmpty {
                let found = try await run([Self.messages(after: number)], on: session)[0].map {
                    MessageRow($0)
                }
                let part = rest.prefix(found.count)
                try Self.compare(Array(part), found.prefix(part.count).map(\.message))
                guard !part.isEmpty else { throw Self.differs("message", rest[rest.startIndex].id) }
                number += Int64(part.count)
                rest = rest.dropFirst(part.count)
            }
        }
        let counts = try await runLong(Self.counts, on: session).first
        guard counts?.number(0) == Int64(summary.users),
            counts?.number(1) == Int64(summary.messages), counts?.number(2) == 0
        else { throw StorageFault.failed("the database holds other records than the file") }
    }

    /// Counts users, messages, and rows of nobody.
    private static let counts = Statement(
        "",
        """
        SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM messages), \
        (SELECT count(*) FROM friends f LEFT JOIN users u ON u.id = f.user_id WHERE u.id IS NULL)
        """)

    private func compare(
        _ records: [UserRecord], _ users: ExportedUsers, on session: any DatabaseSession
    ) async throws {
        guard !records.isEmpty else { return }
        let rows = try await run(users.statements(records.map(\.user.id.key)), on: session)
        let found = Dictionary(
            users.records(rows).map { ($0.user.id.key, $0.inOneOrder.json()) }
        ) { first, _ in first }
        for record in records where found[record.user.id.key] != record.inOneOrder.json() {
            throw Self.differs("user", record.user.id)
        }
    }

    private static func compare(
        _ messages: [StoredMessage], _ found: [StoredMessage]
    ) throws(StorageFault) {
        for (message, other) in zip(messages, found) where !message.isSame(as: other) {
            throw differs("message", message.id)
        }
    }

    static func differs(
        _ kind: String, _ id: some CustomStringConvertible
    ) -> StorageFault {
        .failed("\(kind) \(id) is not in the database as it is in the file")
    }
}

extension StoredMessage {
    /// Whether every byte is the same. Two spellings of an id are equal and not the same.
    fileprivate func isSame(as other: StoredMessage) -> Bool {
        self == other && id.text == other.id.text && senderId.text == other.senderId.text
            && receiverId.text == other.receiverId.text && replyTo?.text == other.replyTo?.text
    }
}
