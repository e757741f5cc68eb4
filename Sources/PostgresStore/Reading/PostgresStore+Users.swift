package import Encoding
package import Storage

extension PostgresStore {
    /// Returns users with their lists. The loading of decisions is used without their locks.
    private func load(_ wanted: Wanted) async throws(StorageFault) -> WorkingSet {
        let loading = Loading(wanted)
        let rows = try await reads.run(
            [.beginReading, Self.readHead] + loading.statements + [.commit])
        guard let head = rows[1].first else { throw .absent }
        var set = WorkingSet(head: StoreHead(head))
        loading.take(rows.dropFirst(2), into: &set)
        return set
    }

    static let readHead = Statement("read_head", "SELECT \(Columns.head) FROM store WHERE id = 1")

    package func users() async throws(StorageFault) -> [User] {
        let rows = try await reads.run([Statement("read_user_ids", "SELECT id FROM users")])
        var users: [User] = []
        let keys = rows[0].map { $0.text(0) }
        for start in stride(from: 0, to: keys.count, by: 1_000) {
            var wanted = Wanted()
            wanted.wholeUsers = Set(keys[start..<min(start + 1_000, keys.count)])
            let set = try await load(wanted)
            users += wanted.wholeUsers.compactMap { set.wholeUser($0) }
        }
        return users
    }

    package func user(_ id: UserID) async throws(StorageFault) -> User? {
        try await load(Wanted([.user(id)])).user(id)
    }

    package func user(named name: ByteText) async throws(StorageFault) -> User? {
        try await load(Wanted([.name(name)])).user(named: name)
    }

    package func knownID(_ id: UserID) async throws(StorageFault) -> UserID? {
        let rows = try await reads.run([
            Statement(
                "read_spelling", "SELECT spelling FROM users WHERE id = $1::bytea", [.text(id.key)])
        ])
        return rows[0].first.map { UserID($0.text(0)) }
    }

    package func areFriends(_ one: UserID, _ other: UserID) async throws(StorageFault) -> Bool {
        let rows = try await reads.run([
            Statement(
                "read_contact",
                """
                SELECT 1 FROM friends WHERE user_id = $1::bytea AND friend_id = $2::bytea \
                AND contact IS NOT NULL
                """, [.text(one.key), .text(other.key)])
        ])
        return rows[0].count > 0
    }

    package func sendFacts(
        from sender: UserID, to receiver: UserID
    ) async throws(StorageFault) -> SendFacts? {
        let rows = try await reads.run([
            Statement(
                "read_send",
                """
                SELECT u.spelling, f.contact IS NOT NULL, s.messages, \
                EXISTS (SELECT 1 FROM subscriptions p WHERE p.user_id = u.id) \
                FROM users u JOIN store s ON s.id = 1 LEFT JOIN friends f \
                ON f.user_id = $1::bytea AND f.friend_id = u.id WHERE u.id = $2::bytea
                """, [.text(sender.key), .text(receiver.key)])
        ])
        return rows[0].first.map { row in
            SendFacts(
                receiver: UserID(row.text(0)), areFriends: row.flag(1),
                messageCount: Int(row.number(2)), hasSubscriptions: row.flag(3))
        }
    }

    package func subscriptions(of id: UserID) async throws(StorageFault) -> [PushSubscription] {
        let rows = try await reads.run([
            Statement(
                "read_subscriptions",
                """
                SELECT \(Columns.subscription) FROM subscriptions WHERE user_id = $1::bytea \
                ORDER BY place
                """, [.text(id.key)])
        ])
        return rows[0].map { PushSubscription($0) }
    }

    package var knownKeys: [Int: ByteText] {
        get async throws(StorageFault) {
            Self.keys(try await reads.run([Self.loadKeys])[0])
        }
    }

    package var messageCount: Int {
        get async throws(StorageFault) {
            let rows = try await reads.run([Self.readHead])
            return rows[0].first.map { Int(StoreHead($0).messages) } ?? 0
        }
    }

    package func invite(_ digest: ByteText) async throws(StorageFault) -> Invite? {
        try await load(Wanted([.invite(digest)])).invite(digest)
    }

    package func invites() async throws(StorageFault) -> [Invite] {
        try await load(Wanted([.invites])).invites
    }

    /// Writes where there is a connection. Each change finds that out for itself.
    package func checkWritable() async throws(StorageFault) {
        _ = try await reads.run([Self.readHead])
    }
}
