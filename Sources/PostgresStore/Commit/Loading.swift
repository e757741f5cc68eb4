internal import Encoding
internal import Storage

/// The statements that load the rows of `Wanted`, in one fixed order, and what takes their rows.
struct Loading {
    private let wanted: Wanted
    private(set) var statements: [Statement] = []
    private var takers: [(inout WorkingSet, Rows) -> Void] = []

    /// The rows are locked by the lock of the store's head.
    init(_ wanted: Wanted) {
        self.wanted = wanted
        let names = Parameter.texts(Array(wanted.names))
        loadUsers(names)
        loadLists(names)
        if !wanted.pairs.isEmpty { loadPairs() }
        loadMessages()
        if !wanted.photos.isEmpty { loadPhotos() }
        if !wanted.times.isEmpty { loadTimes() }
        loadOthers(names)
    }

    func take(_ rows: some Sequence<Rows>, into set: inout WorkingSet) {
        for (taker, rows) in zip(takers, rows) { taker(&set, rows) }
        set.finishLoading(wanted)
    }

    private mutating func load(
        _ name: StaticString, _ sql: String, _ parameters: [Parameter],
        _ taker: @escaping (inout WorkingSet, Rows) -> Void
    ) {
        load(Statement(name, sql, parameters), taker)
    }

    private mutating func load(
        _ statement: Statement, _ taker: @escaping (inout WorkingSet, Rows) -> Void
    ) {
        statements.append(statement)
        takers.append(taker)
    }

    private mutating func loadUsers(_ names: Parameter) {
        let keys = wanted.users.union(wanted.wholeUsers)
        guard !keys.isEmpty || !wanted.names.isEmpty else { return }
        load(
            "load_users",
            """
            SELECT \(Columns.user) FROM users u WHERE u.id IN (SELECT unnest($1::bytea[]) \
            UNION SELECT user_id FROM names WHERE folded = ANY($2::bytea[]))
            """, [.texts(Array(keys)), names]
        ) { set, rows in
            rows.forEach { row in
                let user = UserRow(row)
                if set.users[user.key] == nil { set.users[user.key] = user }
            }
        }
        guard !wanted.names.isEmpty else { return }
        load(
            "load_names", "SELECT folded, name, user_id FROM names WHERE folded = ANY($1::bytea[])",
            [names]
        ) { set, rows in
            rows.forEach { row in
                set.names[row.text(0), default: []].append((row.text(1), row.text(2)))
            }
        }
    }

    private mutating func loadLists(_ names: Parameter) {
        guard !wanted.wholeUsers.isEmpty || !wanted.names.isEmpty else { return }
        load(
            "load_lists",
            """
            SELECT \(Columns.friend), u.spelling FROM friends f JOIN users u ON u.id = f.friend_id \
            WHERE f.user_id IN (SELECT unnest($1::bytea[]) \
            UNION SELECT user_id FROM names WHERE folded = ANY($2::bytea[])) \
            AND (f.contact IS NOT NULL OR f.blocked IS NOT NULL OR f.former IS NOT NULL)
            """, [.texts(Array(wanted.wholeUsers)), names]
        ) { set, rows in
            rows.forEach { row in
                let found = FriendRow(row)
                set.spellings[found.pair.friend] = row.text(Columns.friendCount)
                set.listed[found.pair.user, default: []].insert(found.pair.friend)
                if set.rows[found.pair] == nil { set.rows[found.pair] = found }
            }
        }
    }

    /// Selects the rows of these pairs.
    static func pairs(_ pairs: [Pair]) -> Statement {
        Statement(
            "load_pairs",
            """
            SELECT \(Columns.friend) FROM unnest($1::bytea[], $2::bytea[]) p(user_id, friend_id) \
            JOIN friends f ON f.user_id = p.user_id AND f.friend_id = p.friend_id
            """, [.texts(pairs.map(\.user)), .texts(pairs.map(\.friend))])
    }

    private mutating func loadPairs() {
        load(Self.pairs(Array(wanted.pairs))) { set, rows in
            rows.forEach { row in
                let found = FriendRow(row)
                if set.rows[found.pair] == nil { set.rows[found.pair] = found }
            }
        }
    }

    private mutating func loadMessages() {
        if !wanted.messageIDs.isEmpty {
            load(
                "load_message_ids", "SELECT id FROM message_ids WHERE id = ANY($1::bytea[])",
                [.texts(Array(wanted.messageIDs))]
            ) { set, rows in
                rows.forEach { set.usedIDs[$0.text(0)] = true }
            }
        }
        guard !wanted.messages.isEmpty else { return }
        load(
            "load_messages",
            """
            SELECT \(Columns.message) FROM message_ids i \
            JOIN messages m ON m.talk = i.talk AND m.sent_at = i.sent_at \
            WHERE i.id = ANY($1::bytea[])
            """, [.texts(Array(wanted.messages))]
        ) { set, rows in
            rows.forEach { row in
                let found = MessageRow(row)
                let key = found.message.id.key
                if set.messages[key] == nil { set.messages[key] = found }
            }
        }
    }

    /// Locks the photos that messages are to name, so that no sweep or upload takes them meanwhile.
    /// Statements that lock a photo end within one exchange, so this does not wait for a client.
    private mutating func loadPhotos() {
        load(
            "load_photos",
            """
            SELECT \(Columns.photo) FROM photos p WHERE p.id = ANY($1::bytea[]) \
            ORDER BY p.id FOR UPDATE
            """, [.texts(wanted.photos.map(\.text))]
        ) { set, rows in
            rows.forEach { row in
                guard let photo = PhotoRow(row) else { return }
                if set.photos[photo.header.id] == nil { set.photos[photo.header.id] = photo }
            }
        }
    }

    private mutating func loadTimes() {
        let times = Array(wanted.times)
        load(
            "load_times",
            """
            SELECT p.place, (SELECT m.sent_at FROM friends f JOIN messages m ON m.talk = f.talk \
            WHERE f.user_id = p.user_id AND f.friend_id = p.friend_id AND m.sent_at <= p.up_to \
            ORDER BY m.sent_at DESC LIMIT 1) \
            FROM unnest($1::bytea[], $2::bytea[], $3::bigint[]) WITH ORDINALITY \
            p(user_id, friend_id, up_to, place)
            """,
            [
                .texts(times.map(\.pair.user)), .texts(times.map(\.pair.friend)),
                .numbers(times.map(\.upTo)),
            ]
        ) { set, rows in
            rows.forEach { row in
                set.times[times[Int(row.number(0)) - 1]] = .some(row.numberIfAny(1))
            }
        }
    }
}

extension Loading {
    private mutating func loadOthers(_ names: Parameter) {
        let owners = wanted.subscriptions.union(wanted.wholeUsers)
        if !owners.isEmpty || !wanted.names.isEmpty {
            load(
                "load_subscriptions",
                """
                SELECT \(Columns.subscription) FROM subscriptions WHERE user_id IN \
                (SELECT unnest($1::bytea[]) \
                UNION SELECT user_id FROM names WHERE folded = ANY($2::bytea[])) ORDER BY place
                """, [.texts(Array(owners)), names]
            ) { set, rows in
                var found: [ByteText: [PushSubscription]] = [:]
                rows.forEach { found[$0.text(0), default: []].append(PushSubscription($0)) }
                set.subscriptions.merge(found) { _, new in new }
            }
        }
        if !wanted.endpoints.isEmpty {
            load(
                "load_endpoints",
                "SELECT endpoint, user_id FROM subscriptions WHERE endpoint = ANY($1::bytea[])",
                [.texts(Array(wanted.endpoints))]
            ) { set, rows in
                rows.forEach { set.endpointOwners[$0.text(0)] = $0.text(1) }
            }
        }
        if wanted.keys {
            load(PostgresStore.loadKeys) { set, rows in
                rows.forEach { set.keys[Int($0.number(0))] = $0.text(1) }
            }
        }
        guard wanted.allInvites || !wanted.invites.isEmpty else { return }
        load(
            "load_invites",
            """
            SELECT digest, expires_at FROM invites WHERE $2::boolean OR digest = ANY($1::bytea[])
            """, [.texts(Array(wanted.invites)), .flag(wanted.allInvites)]
        ) { set, rows in
            rows.forEach { row in
                let invite = Invite(digest: row.text(0), expiresAt: row.number(1))
                if set.invitesByDigest[invite.digest] == nil {
                    set.invitesByDigest[invite.digest] = invite
                }
            }
        }
    }
}
