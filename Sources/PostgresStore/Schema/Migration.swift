/// One numbered step of the schema. `ChatCore store migrate` applies the steps in order, each in a
/// transaction of its own. A step that was released is never changed.
///
/// Steps use what PostgreSQL, CockroachDB, YugabyteDB and Citus share: no sequences, triggers or
/// stored procedures. Texts are bytes, since ids and names are compared as bytes.
struct Migration: Sendable {
    let number: Int64
    let statements: [String]

    static let all = [
        Migration(number: 1, statements: first), Migration(number: 2, statements: second),
        Migration(number: 3, statements: third), Migration(number: 4, statements: fourth),
    ]

    /// The step whose schema this program reads and writes.
    static var newest: Int64 { all.last?.number ?? 0 }

    /// Creates the list of steps that were applied.
    static let list = "CREATE TABLE IF NOT EXISTS migrations (number bigint PRIMARY KEY)"
}

extension Migration {
    /// `store` is one row, which orders all changes. `users`, `friends` and `subscriptions` can be
    /// distributed by user, `messages` by conversation, `names` and `message_ids` by their keys.
    private static let first = [
        """
        CREATE TABLE store (
            id bigint PRIMARY KEY, incarnation bigint NOT NULL, begun bigint NOT NULL,
            number bigint NOT NULL, newest bigint NOT NULL, messages bigint NOT NULL,
            subscriptions bigint NOT NULL)
        """,
        """
        CREATE TABLE commits (
            replica bytea PRIMARY KEY, batch bigint NOT NULL, number bigint NOT NULL)
        """,
        """
        CREATE TABLE users (
            id bytea PRIMARY KEY, spelling bytea NOT NULL, name bytea NOT NULL,
            password bytea NOT NULL, epoch bigint NOT NULL, touched bigint NOT NULL,
            oldest bigint NOT NULL)
        """,
        """
        CREATE TABLE names (
            folded bytea, name bytea, user_id bytea NOT NULL, PRIMARY KEY (folded, name))
        """,
        """
        CREATE TABLE friends (
            user_id bytea, friend_id bytea, contact bigint, blocked bigint, former bigint,
            befriended bigint, added_at bigint, added_by_user boolean,
            read_up_to bigint NOT NULL, friend_read_up_to bigint NOT NULL, talk bigint,
            talk_changed bigint NOT NULL, clock bigint,
            last_number bigint, last_at bigint, last_own boolean, sent bigint NOT NULL,
            received bigint NOT NULL, unread bigint NOT NULL, deleted_at bigint,
            changed bigint NOT NULL, PRIMARY KEY (user_id, friend_id))
        """,
        "CREATE INDEX friends_changed ON friends (user_id, changed)",
        """
        CREATE TABLE messages (
            talk bigint, sent_at bigint, number bigint NOT NULL, id bytea NOT NULL,
            id_spelling bytea, sender bytea NOT NULL, sender_spelling bytea,
            receiver bytea NOT NULL, receiver_spelling bytea, content bytea NOT NULL,
            form bigint NOT NULL, reply_to bytea, deleted_at bigint,
            PRIMARY KEY (talk, sent_at))
        """,
        "CREATE INDEX messages_number ON messages (number)",
        """
        CREATE INDEX messages_deleted ON messages (talk, deleted_at)
            WHERE deleted_at IS NOT NULL
        """,
        """
        CREATE TABLE message_ids (
            id bytea PRIMARY KEY, talk bigint NOT NULL, sent_at bigint NOT NULL)
        """,
        """
        CREATE TABLE subscriptions (
            endpoint bytea PRIMARY KEY, user_id bytea NOT NULL, place bigint NOT NULL,
            public_key bytea NOT NULL, authentication bytea NOT NULL, session bytea NOT NULL)
        """,
        "CREATE INDEX subscriptions_user ON subscriptions (user_id, place)",
        "CREATE TABLE vault_keys (version bigint PRIMARY KEY, fingerprint bytea NOT NULL)",
        "CREATE TABLE invites (digest bytea PRIMARY KEY, expires_at bigint NOT NULL)",
    ]

    /// `imports` has one row while `ChatCore store import` is under way, with the counts of the
    /// records that are stored. `store` has none then.
    private static let second = [
        """
        CREATE TABLE imports (
            id bigint PRIMARY KEY, file bytea NOT NULL, users bigint NOT NULL,
            messages bigint NOT NULL)
        """
    ]

    /// Facts that processes share, with times in microseconds since 1970. Losing them costs nobody
    /// a message.
    private static let third = [
        "CREATE TABLE allowances (key bytea PRIMARY KEY, full_at bigint NOT NULL)",
        "CREATE TABLE polls (user_id bytea PRIMARY KEY, polled_at bigint NOT NULL)",
        """
        CREATE TABLE announcements (
            receiver bytea, sender bytea, up_to bigint NOT NULL, PRIMARY KEY (receiver, sender))
        """,
    ]

    /// A photo's row names the chunks that it shows. `photo_chunks` can be distributed by upload.
    ///
    /// An upload has its row until its photo shows, or until its chunks are removed. `photo_space`
    /// has the sum of the charges of both tables: a row for each sender, and '' for the whole.
    private static let fourth = [
        "ALTER TABLE messages ADD COLUMN photo bytea",
        "ALTER TABLE messages ADD COLUMN photo_width bigint",
        "ALTER TABLE messages ADD COLUMN photo_height bigint",
        """
        CREATE TABLE photos (
            id bytea PRIMARY KEY, upload bytea NOT NULL, sender bytea NOT NULL,
            sender_spelling bytea, receiver bytea NOT NULL, receiver_spelling bytea,
            type bytea NOT NULL, bytes bigint NOT NULL, charge bigint NOT NULL,
            uploaded_at bigint NOT NULL, stored_at bigint NOT NULL, state bigint NOT NULL)
        """,
        "CREATE INDEX photos_sender ON photos (sender)",
        "CREATE INDEX photos_receiver ON photos (receiver)",
        "CREATE INDEX photos_unnamed ON photos (state, stored_at) WHERE state <> 1",
        """
        CREATE TABLE photo_chunks (
            upload bytea, number bigint, content bytea NOT NULL, PRIMARY KEY (upload, number))
        """,
        """
        CREATE TABLE photo_uploads (
            upload bytea PRIMARY KEY, sender bytea NOT NULL, charge bigint NOT NULL,
            begun_at bigint NOT NULL)
        """,
        "CREATE INDEX photo_uploads_begun ON photo_uploads (begun_at)",
        "CREATE TABLE photo_space (owner bytea PRIMARY KEY, bytes bigint NOT NULL)",
    ]
}
