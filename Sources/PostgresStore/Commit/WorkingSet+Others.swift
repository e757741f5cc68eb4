internal import Encoding
internal import Storage

/// The changes whose statements stand for themselves.
extension WorkingSet {
    private mutating func write(
        _ name: StaticString, _ sql: String, _ parameters: [Parameter], tellsUsers: Bool = false
    ) {
        var statement = Statement(name, sql, parameters)
        statement.tellsUsers = tellsUsers
        writes.others.append(statement)
    }

    // MARK: Keys and invitations

    mutating func changeKeys(_ change: Change) {
        switch change {
        case .keySeen(let version, let fingerprint):
            keys[version] = fingerprint
            write(
                "add_key",
                "INSERT INTO vault_keys (version, fingerprint) VALUES ($1::bigint, $2::bytea)",
                [.number(version), .text(fingerprint)])
        case .keyForgotten(let version):
            keys[version] = nil
            write(
                "remove_key", "DELETE FROM vault_keys WHERE version = $1::bigint",
                [.number(version)])
        default: break
        }
    }

    mutating func add(invites: [Invite]) {
        for invite in invites { invitesByDigest[invite.digest] = invite }
        write(
            "add_invites",
            """
            INSERT INTO invites (digest, expires_at) \
            SELECT * FROM unnest($1::bytea[], $2::bigint[])
            """, [.texts(invites.map(\.digest)), .numbers(invites.map(\.expiresAt))])
    }

    mutating func remove(invites digests: [ByteText]) {
        for digest in digests { invitesByDigest[digest] = .some(nil) }
        write(
            "remove_invites", "DELETE FROM invites WHERE digest = ANY($1::bytea[])",
            [.texts(digests)])
    }

    // MARK: Subscriptions

    mutating func subscribe(_ id: UserID, _ subscription: PushSubscription) {
        let key = id.key
        let before = subscriptions[key] ?? []
        var list = PushSubscriptions(before)
        list.add(subscription)
        let kept = list.list
        let dropped = before.map(\.endpoint).filter { endpoint in
            !kept.contains { $0.endpoint == endpoint }
        }
        if let owner = endpointOwners[subscription.endpoint], owner != key {
            head.subscriptions -= 1
        }
        head.subscriptions += Int64(kept.count - before.count)
        removeSubscriptions(dropped + [subscription.endpoint])
        write(
            "add_subscription",
            """
            INSERT INTO subscriptions (user_id, endpoint, public_key, authentication, session, \
            place) VALUES ($1::bytea, $2::bytea, $3::bytea, $4::bytea, $5::bytea, $6::bigint)
            """,
            [
                .text(key), .text(subscription.endpoint), .text(subscription.publicKey),
                .text(subscription.authentication), .text(subscription.session),
                .number(head.number),
            ])
    }

    mutating func unsubscribe(_ id: UserID, _ endpoints: [ByteText]) {
        head.subscriptions -= Int64(Set(endpoints).count)
        removeSubscriptions(endpoints)
    }

    private mutating func removeSubscriptions(_ endpoints: [ByteText]) {
        write(
            "remove_subscriptions", "DELETE FROM subscriptions WHERE endpoint = ANY($1::bytea[])",
            [.texts(endpoints)])
    }

    // MARK: Users

    mutating func change(_ user: User) {
        guard let before = userRow(user.id.key) else { return }
        let key = Parameter.text(before.key)
        write(
            "change_user",
            """
            UPDATE users SET name = $2::bytea, password = $3::bytea, epoch = $4::bigint \
            WHERE id = $1::bytea
            """, [key, .text(user.username), .text(user.password), .number(user.epoch)])
        if before.epoch != Int64(user.epoch) {
            head.subscriptions -= Int64(subscriptions[before.key]?.count ?? 0)
            write(
                "end_subscriptions", "DELETE FROM subscriptions WHERE user_id = $1::bytea", [key])
        }
        guard before.name != user.username else { return }
        write(
            "remove_name", "DELETE FROM names WHERE folded = $1::bytea AND name = $2::bytea",
            [.text(before.name.caseFolded), .text(before.name)])
        write(
            "add_name",
            """
            INSERT INTO names (folded, name, user_id) VALUES ($1::bytea, $2::bytea, $3::bytea)
            """, [.text(user.username.caseFolded), .text(user.username), key])
        write(
            "rename_rows",
            """
            UPDATE friends SET changed = $2::bigint FROM friends own JOIN users u \
            ON u.id = own.friend_id WHERE own.user_id = $1::bytea AND own.contact IS NOT NULL \
            AND friends.user_id = own.friend_id AND friends.friend_id = $1::bytea \
            RETURNING u.spelling
            """, [key, .number(head.number)], tellsUsers: true)
    }

    /// Removes a user with all that names them. Their conversations are found by their rows.
    mutating func removeUser(_ id: UserID) {
        guard let row = userRow(id.key) else { return }
        let key = Parameter.text(row.key)
        writes.touched.insert(row.spelling)
        write("allow_time", "SET LOCAL statement_timeout = 60000", [])
        write(
            "touch_friends",
            """
            UPDATE users SET touched = $2::bigint, oldest = $2::bigint FROM friends f \
            WHERE f.user_id = $1::bytea AND (f.contact IS NOT NULL OR f.former IS NOT NULL) \
            AND users.id = f.friend_id RETURNING users.spelling
            """, [key, .number(head.number)], tellsUsers: true)
        write(
            "discount_user",
            """
            UPDATE store SET messages = messages - (SELECT count(*) FROM messages WHERE talk IN \
            (SELECT talk FROM friends WHERE user_id = $1::bytea)), \
            subscriptions = subscriptions - (SELECT count(*) FROM subscriptions \
            WHERE user_id = $1::bytea) WHERE id = 1
            """, [key])
        let statements: [(StaticString, String)] = [
            (
                "remove_message_ids",
                """
                DELETE FROM message_ids WHERE id IN (SELECT m.id FROM messages m WHERE m.talk IN \
                (SELECT talk FROM friends WHERE user_id = $1::bytea))
                """
            ),
            (
                "remove_messages",
                """
                DELETE FROM messages WHERE talk IN \
                (SELECT talk FROM friends WHERE user_id = $1::bytea)
                """
            ),
            (
                "remove_photos",
                "UPDATE photos SET state = 2 WHERE sender = $1::bytea OR receiver = $1::bytea"
            ),
            ("remove_poll", "DELETE FROM polls WHERE user_id = $1::bytea"),
            ("remove_announcements", "DELETE FROM announcements WHERE receiver = $1::bytea"),
            (
                "remove_announcements_of",
                """
                DELETE FROM announcements USING friends own WHERE own.user_id = $1::bytea \
                AND announcements.receiver = own.friend_id AND announcements.sender = $1::bytea
                """
            ),
            (
                "remove_rows_of_others",
                """
                DELETE FROM friends USING friends own WHERE own.user_id = $1::bytea \
                AND friends.user_id = own.friend_id AND friends.friend_id = $1::bytea
                """
            ),
            ("remove_own_rows", "DELETE FROM friends WHERE user_id = $1::bytea"),
            ("end_subscriptions", "DELETE FROM subscriptions WHERE user_id = $1::bytea"),
            ("remove_names", "DELETE FROM names WHERE folded = $2::bytea AND user_id = $1::bytea"),
            ("remove_user", "DELETE FROM users WHERE id = $1::bytea"),
        ]
        for (name, sql) in statements {
            let parameters = sql.contains("$2") ? [key, .text(row.name.caseFolded)] : [key]
            write(name, sql, parameters)
        }
    }
}
