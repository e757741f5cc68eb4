internal import Encoding
internal import Storage

extension UserRow {
    /// Returns the statements that add these users.
    static func adding(_ users: [UserRow]) -> [Statement] {
        [
            Statement(
                "add_users",
                """
                INSERT INTO users (id, spelling, name, password, epoch, touched, oldest) \
                SELECT * FROM unnest($1::bytea[], $2::bytea[], $3::bytea[], $4::bytea[], \
                $5::bigint[], $6::bigint[], $7::bigint[])
                """,
                [
                    .texts(users.map(\.key)), .texts(users.map(\.spelling)),
                    .texts(users.map(\.name)), .texts(users.map(\.password)),
                    .numbers(users.map(\.epoch)), .numbers(users.map(\.touched)),
                    .numbers(users.map(\.oldest)),
                ]),
            Statement(
                "add_names",
                """
                INSERT INTO names (folded, name, user_id) \
                SELECT * FROM unnest($1::bytea[], $2::bytea[], $3::bytea[])
                """,
                [
                    .texts(users.map(\.name.caseFolded)), .texts(users.map(\.name)),
                    .texts(users.map(\.key)),
                ]),
        ]
    }
}

extension MessageRow {
    /// Returns the statements that add these messages.
    static func adding(_ messages: [MessageRow]) -> [Statement] {
        let talks = Parameter.numbers(messages.map(\.talk))
        let times = Parameter.numbers(messages.map(\.message.timestamp))
        let ids = Parameter.texts(messages.map(\.message.id.key))
        return [
            Statement(
                "add_messages",
                """
                INSERT INTO messages (talk, sent_at, number, id, id_spelling, sender, \
                sender_spelling, receiver, receiver_spelling, content, form, reply_to, \
                deleted_at, photo, photo_width, photo_height) \
                SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], \
                $4::bytea[], $5::bytea[], $6::bytea[], $7::bytea[], $8::bytea[], $9::bytea[], \
                $10::bytea[], $11::bigint[], $12::bytea[], $13::bigint[], $14::bytea[], \
                $15::bigint[], $16::bigint[])
                """,
                [
                    talks, times, .numbers(messages.map(\.number)), ids,
                    .texts(messages.map { $0.message.id.text.spelling(ofKey: $0.message.id.key) }),
                    .texts(messages.map(\.message.senderId.key)),
                    .texts(messages.map(\.message.senderId.spelling)),
                    .texts(messages.map(\.message.receiverId.key)),
                    .texts(messages.map(\.message.receiverId.spelling)),
                    .texts(messages.map(\.message.content)), .numbers(messages.map(\.form)),
                    .texts(messages.map { $0.message.replyTo?.text }),
                    .numbers(messages.map(\.message.deletedAt)),
                    .texts(messages.map { $0.message.photo?.id.text }),
                    .numbers(messages.map { $0.message.photo.map { Int64($0.width) } }),
                    .numbers(messages.map { $0.message.photo.map { Int64($0.height) } }),
                ]),
            Statement(
                "add_message_ids",
                """
                INSERT INTO message_ids (id, talk, sent_at) \
                SELECT * FROM unnest($1::bytea[], $2::bigint[], $3::bigint[])
                """, [ids, talks, times]),
        ]
    }
}

extension UserID {
    fileprivate var spelling: ByteText? { text.spelling(ofKey: key) }
}
