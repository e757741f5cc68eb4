internal import Encoding
internal import Storage

/// The changes of a batch, to be written at its end.
struct Writes {
    var newUsers: [ByteText] = []
    var rows: Set<Pair> = []
    var newMessages: [ByteText] = []
    var changedMessages: Set<ByteText> = []
    /// The photos that new messages name, and those whose messages are deleted.
    var namedPhotos: [PhotoID] = []
    var removedPhotos: [PhotoID] = []
    /// The markers that have moved, with the time up to which each stood before.
    var markers: [Pair: Int64] = [:]
    /// The pairs with a new message or a deletion.
    var talks: Set<Pair> = []
    /// Statements for what rarely changes, in order.
    var others: [Statement] = []
    /// The users whose contact lists have changed, as their ids are spelt.
    var touched: Set<ByteText> = []
    /// The number of changes.
    var count = 0

    var isEmpty: Bool { count == 0 }
}

extension WorkingSet {
    /// Returns the statements that write the batch, apart from those that end it.
    func statements() -> [Statement] {
        var list = [
            Statement(
                "write_head",
                """
                UPDATE store SET incarnation = $1::bigint, begun = $2::bigint, \
                number = $3::bigint, newest = $4::bigint, messages = $5::bigint, \
                subscriptions = $6::bigint WHERE id = 1
                """,
                [
                    .number(Int64(head.incarnation.number)), .number(head.begun),
                    .number(head.number), .number(head.newest), .number(head.messages),
                    .number(head.subscriptions),
                ])
        ]
        if !writes.newUsers.isEmpty {
            list += UserRow.adding(writes.newUsers.compactMap { userRow($0) })
        }
        if !writes.newMessages.isEmpty {
            list += MessageRow.adding(writes.newMessages.compactMap { message($0) })
        }
        if !writes.changedMessages.isEmpty { list.append(changedMessageStatement()) }
        if !writes.namedPhotos.isEmpty {
            list.append(PhotoRow.setting(.named, of: writes.namedPhotos))
        }
        if !writes.removedPhotos.isEmpty {
            list.append(PhotoRow.setting(.removed, of: writes.removedPhotos))
        }
        if !writes.rows.isEmpty { list.append(rowStatement()) }
        if !writes.markers.isEmpty { list.append(markerStatement()) }
        return list + writes.others
    }

    private func changedMessageStatement() -> Statement {
        let messages = writes.changedMessages.compactMap { message($0) }
        return Statement(
            "change_messages",
            """
            UPDATE messages SET content = p.content, form = p.form, reply_to = p.reply_to, \
            deleted_at = p.deleted_at, \
            photo = CASE WHEN p.deleted_at IS NULL THEN messages.photo END, \
            photo_width = CASE WHEN p.deleted_at IS NULL THEN messages.photo_width END, \
            photo_height = CASE WHEN p.deleted_at IS NULL THEN messages.photo_height END \
            FROM unnest($1::bigint[], $2::bigint[], $3::bytea[], \
            $4::bigint[], $5::bytea[], $6::bigint[]) \
            p(talk, sent_at, content, form, reply_to, deleted_at) \
            WHERE messages.talk = p.talk AND messages.sent_at = p.sent_at
            """,
            [
                .numbers(messages.map(\.talk)), .numbers(messages.map(\.message.timestamp)),
                .texts(messages.map(\.message.content)), .numbers(messages.map(\.form)),
                .texts(messages.map { $0.message.replyTo?.text }),
                .numbers(messages.map(\.message.deletedAt)),
            ])
    }

    /// Takes the messages that a marker passes off the count. Each message is passed once.
    private func markerStatement() -> Statement {
        let markers = writes.markers.map { ($0.key, $0.value, row($0.key)?.readUpTo ?? 0) }
        return Statement(
            "move_markers",
            """
            UPDATE friends SET unread = unread - (SELECT count(*) FROM messages m \
            WHERE m.talk = friends.talk AND m.sent_at > p.passed AND m.sent_at <= p.reached \
            AND m.deleted_at IS NULL AND m.sender = p.friend_id) \
            FROM unnest($1::bytea[], $2::bytea[], $3::bigint[], $4::bigint[]) \
            p(user_id, friend_id, passed, reached) \
            WHERE friends.user_id = p.user_id AND friends.friend_id = p.friend_id
            """,
            [
                .texts(markers.map(\.0.user)), .texts(markers.map(\.0.friend)),
                .numbers(markers.map(\.1)), .numbers(markers.map(\.2)),
            ])
    }
}
