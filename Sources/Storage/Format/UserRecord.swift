internal import Encoding

/// The JSON of a user:
/// `{"id":"…","username":"…","password":"$2b$10$…","contacts":["…",…],"epoch":0}`
///
/// In `db.json` the revisions follow:
/// `,"revision":7,"conversations":[{"with":"…","order":5,"messages":6},…]`. `messages` is absent if
/// it equals `order`. The user's row of that person follows: see `RecordedRow`. `oldestCursor`
/// stands behind `revision` unless it is 0. A record without a `revision` has the conversations
/// whose rows state more than revisions: `{"with":"…","addedAt":…,"readUpTo":…}`. After all of
/// them, `,"blocked":["…",…]`, `,"formerFriends":["…",…]` and `,"subscriptions":[{…},…]` follow
/// unless they are empty.
package struct UserRecord: Sendable {
    package let user: User
    /// The last change that altered the user's contact list, or nil if the record does not state
    /// it.
    package var revision: UInt32?
    /// The oldest change that a cursor of the user may name.
    package var oldestCursor: UInt32 = 0
    package var conversations: [RecordedConversation] = []

    package func json() -> [UInt8] {
        var writer = JSONWriter(capacity: 192 + 40 * user.contacts.count + 80 * conversations.count)
        writer.beginObject()
        writer.field("id", user.id.text)
        writer.field("username", user.username)
        writer.field("password", user.password)
        Self.write("contacts", user.contacts, to: &writer)
        writer.field("epoch", user.epoch)
        if let revision {
            writer.field("revision", Int(revision))
            if oldestCursor > 0 { writer.field("oldestCursor", Int(oldestCursor)) }
            writer.name("conversations")
            writer.beginArray()
            for conversation in conversations {
                conversation.write(to: &writer, statesRevisions: true)
            }
            writer.endArray()
        } else {
            writeFacts(to: &writer)
        }
        if !user.blocked.isEmpty { Self.write("blocked", user.blocked, to: &writer) }
        if !user.formerFriends.isEmpty {
            Self.write("formerFriends", user.formerFriends, to: &writer)
        }
        if !user.subscriptions.isEmpty {
            writer.name("subscriptions")
            user.subscriptions.write(to: &writer)
        }
        writer.endObject()
        return writer.bytes
    }

    /// Writes the rows of a record that states no revisions.
    private func writeFacts(to writer: inout JSONWriter) {
        let conversations = conversations.filter(\.row.hasFacts)
        if conversations.isEmpty { return }
        writer.name("conversations")
        writer.beginArray()
        for conversation in conversations {
            conversation.write(to: &writer, statesRevisions: false)
        }
        writer.endArray()
    }

    private static func write(
        _ name: StaticString, _ ids: [UserID], to writer: inout JSONWriter
    ) {
        writer.name(name)
        writer.beginArray()
        for id in ids { writer.string(id.text) }
        writer.endArray()
    }

    /// Reads the record at the scanner's offset, and moves the scanner past it.
    init(_ scanner: inout JSONScanner, in bytes: Span<UInt8>) throws(JSONFault) {
        try scanner.expect("{\"id\":", in: bytes)
        let id = UserID(try scanner.string(in: bytes))
        try scanner.expect(",\"username\":", in: bytes)
        let username = try scanner.string(in: bytes)
        try scanner.expect(",\"password\":", in: bytes)
        let password = try scanner.string(in: bytes)
        try scanner.expect(",\"contacts\":", in: bytes)
        let contacts = try scanner.userIDs(in: bytes)
        try scanner.expect(",\"epoch\":", in: bytes)
        let epoch = try scanner.integer(in: bytes)
        var user = User(
            id: id, username: username, password: password, contacts: contacts,
            epoch: Int(epoch))
        if scanner.skip(",\"revision\":", in: bytes) {
            revision = try scanner.changeNumber(in: bytes)
            if scanner.skip(",\"oldestCursor\":", in: bytes) {
                oldestCursor = try scanner.changeNumber(in: bytes)
            }
            try scanner.expect(",\"conversations\":", in: bytes)
            conversations = try Self.conversations(&scanner, in: bytes, statesRevisions: true)
        } else if scanner.skip(",\"conversations\":", in: bytes) {
            conversations = try Self.conversations(&scanner, in: bytes, statesRevisions: false)
        }
        if scanner.skip(",\"blocked\":", in: bytes) {
            user.blocked = try scanner.userIDs(in: bytes)
        }
        if scanner.skip(",\"formerFriends\":", in: bytes) {
            user.formerFriends = try scanner.userIDs(in: bytes)
        }
        if scanner.skip(",\"subscriptions\":", in: bytes) {
            user.subscriptions = try PushSubscriptions(&scanner, in: bytes)
        }
        self.user = user
        try scanner.expect("}", in: bytes)
    }

    package init(_ user: User) { self.user = user }

    /// Whether it says that the user has read something.
    var statesMarkers: Bool { conversations.contains { $0.row.readUpTo > 0 } }

    private static func conversations(
        _ scanner: inout JSONScanner, in bytes: Span<UInt8>, statesRevisions: Bool
    ) throws(JSONFault) -> [RecordedConversation] {
        try scanner.list(in: bytes) { scanner throws(JSONFault) in
            try RecordedConversation(&scanner, in: bytes, statesRevisions: statesRevisions)
        }
    }
}
