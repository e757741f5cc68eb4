internal import Encoding

/// The JSON of one line of the journal.
///
///     {"segment":3,"store":"…","after":4711}      the first line; "after" is the sealed length of
///                                                 the segment before
///     {"durable":1234}                            begins a group; the bytes before byte 1234 of
///                                                 this segment were durable when it was written
///     {"userAdded":{…}}                           a change; users and messages as in db.json
///     {"userChanged":{"id":…,"username":…,"password":…,"epoch":…}}
///     {"userRemoved":"…"}
///     {"befriended":["…","…"],"at":…}             the first added the second; "at" may be absent
///     {"parted":["…","…"]}
///     {"blocked":["…","…"]}                       the first by the second; they part
///     {"unblocked":["…","…"]}
///     {"messageAdded":{…}}
///     {"messageReplaced":{…}}                     the whole message with its new content
///     {"messageDeleted":{…}}                      what is left of the message, as in db.json
///     {"messageRemoved":{"id":…,"senderId":…,"receiverId":…,"timestamp":…}}
///                                                 is read, and no longer written
///     {"messagesRead":["…","…"],"upTo":…,"change":9}
///                                                 the first has read what the second wrote; it is
///                                                 the change of that number
///     {"allRead":true}                            all messages before this line count as read
///     {"keySeen":{"version":1,"fingerprint":"…"}}
///     {"keyForgotten":1}
///     {"subscribed":{"user":"…","subscription":{…}}}
///     {"unsubscribed":{"user":"…","endpoints":["…",…]}}
///     {"userInvited":{"invite":"…","user":{…}}}   a user, and the digest of the invitation that
///                                                 is used up
///     {"invitesAdded":[{"digest":"…","expires":1796641429155},…]}
///     {"invitesRemoved":["…",…]}
enum JournalRecord {
    /// The JSON of a change, and the range of a message's record in it.
    struct Encoded {
        var json: [UInt8]
        var record: Range<Int>?
    }

    static func segment(_ number: Int, storeID: ByteText, after length: Int64) -> [UInt8] {
        var writer = JSONWriter(capacity: 96)
        writer.beginObject()
        writer.field("segment", number)
        writer.field("store", storeID)
        writer.field("after", length)
        writer.endObject()
        return writer.bytes
    }

    static func durable(_ offset: Int64) -> [UInt8] {
        var writer = JSONWriter(capacity: 32)
        writer.beginObject()
        writer.field("durable", offset)
        writer.endObject()
        return writer.bytes
    }

    static func allRead() -> [UInt8] {
        value("allRead") { $0.bool(true) }.json
    }

    /// Encodes a change.
    ///
    /// - Parameter number: The number of a marker's change. All others are numbered as they stand.
    /// - Parameter replaced: The message before its replacement, for a change that replaces one.
    static func encode(
        _ change: Change, of replaced: StoredMessage? = nil, number: UInt32 = 0
    ) -> Encoded {
        switch change {
        case .messageAdded(let message): record("{\"messageAdded\":", message)
        case .messageReplaced(_, _, let content):
            record("{\"messageReplaced\":", replacing(content, of: replaced))
        case .messageDeleted(let tombstone): record("{\"messageDeleted\":", tombstone)
        case .userAdded(let user): value("userAdded") { $0.raw(UserRecord(user).json()) }
        case .userInvited(let user, let digest): invited(user, by: digest)
        case .userChanged(let user): changed(user)
        case .userRemoved(let id): value("userRemoved") { $0.string(id.text) }
        case .befriended(let one, let other, let time): pair("befriended", one, other, at: time)
        case .parted(let one, let other): pair("parted", one, other)
        case .blocked(let one, let other): pair("blocked", one, other)
        case .unblocked(let one, let other): pair("unblocked", one, other)
        case .messagesRead(let reader, let other, let time):
            read(reader, other, upTo: time, number)
        case .keySeen(let version, let fingerprint):
            value("keySeen") { writer in
                writer.beginObject()
                writer.field("version", version)
                writer.field("fingerprint", fingerprint)
                writer.endObject()
            }
        case .keyForgotten(let version): value("keyForgotten") { $0.integer(version) }
        case .subscribed(let user, let subscription):
            value("subscribed") { writer in
                writer.beginObject()
                writer.field("user", user.text)
                writer.name("subscription")
                subscription.write(to: &writer)
                writer.endObject()
            }
        case .unsubscribed(let user, let endpoints): unsubscribed(user, endpoints)
        case .invitesAdded(let invites): added(invites)
        case .invitesRemoved(let digests):
            value("invitesRemoved") { writer in
                writer.beginArray()
                for digest in digests { writer.string(digest) }
                writer.endArray()
            }
        }
    }

    private static func pair(
        _ name: StaticString, _ one: UserID, _ other: UserID, at time: Int64? = nil
    ) -> Encoded {
        value(name) { writer in
            writer.beginArray()
            writer.string(one.text)
            writer.string(other.text)
            writer.endArray()
            if let time { writer.field("at", time) }
        }
    }

    private static func read(
        _ reader: UserID, _ other: UserID, upTo time: Int64, _ number: UInt32
    ) -> Encoded {
        value("messagesRead") { writer in
            writer.beginArray()
            writer.string(reader.text)
            writer.string(other.text)
            writer.endArray()
            writer.field("upTo", time)
            writer.field("change", Int(number))
        }
    }

    private static func invited(_ user: User, by digest: ByteText) -> Encoded {
        value("userInvited") { writer in
            writer.beginObject()
            writer.field("invite", digest)
            writer.name("user")
            writer.raw(UserRecord(user).json())
            writer.endObject()
        }
    }

    private static func unsubscribed(_ user: UserID, _ endpoints: [ByteText]) -> Encoded {
        value("unsubscribed") { writer in
            writer.beginObject()
            writer.field("user", user.text)
            writer.name("endpoints")
            writer.beginArray()
            for endpoint in endpoints { writer.string(endpoint) }
            writer.endArray()
            writer.endObject()
        }
    }

    private static func added(_ invites: [Invite]) -> Encoded {
        value("invitesAdded") { writer in
            writer.beginArray()
            for invite in invites {
                writer.beginObject()
                writer.field("digest", invite.digest)
                writer.field("expires", invite.expiresAt)
                writer.endObject()
            }
            writer.endArray()
        }
    }

    private static func replacing(
        _ content: ByteText, of message: StoredMessage?
    ) -> StoredMessage {
        guard var message else { preconditionFailure("a replaced message was not read") }
        message.reseal(content)
        return message
    }

    private static func record(_ opening: StaticString, _ message: StoredMessage) -> Encoded {
        var json = SnapshotFormat.bytes(opening)
        let start = json.count
        json.append(contentsOf: MessageRecord.json(message))
        let end = json.count
        json.append(UInt8(ascii: "}"))
        return Encoded(json: json, record: start..<end)
    }

    private static func changed(_ user: User) -> Encoded {
        value("userChanged") { writer in
            writer.beginObject()
            writer.field("id", user.id.text)
            writer.field("username", user.username)
            writer.field("password", user.password)
            writer.field("epoch", user.epoch)
            writer.endObject()
        }
    }

    private static func value(
        _ name: StaticString, _ write: (inout JSONWriter) -> Void
    ) -> Encoded {
        var writer = JSONWriter(capacity: 128)
        writer.beginObject()
        writer.name(name)
        write(&writer)
        writer.endObject()
        return Encoded(json: writer.bytes, record: nil)
    }
}
