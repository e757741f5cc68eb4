internal import Encoding
internal import Storage

/// The lists of columns, in the order in which rows are read.
enum Columns {
    static let head = "incarnation, begun, number, newest, messages, subscriptions"
    static let user = "u.id, u.spelling, u.name, u.password, u.epoch, u.touched, u.oldest"
    static let friend = """
        f.user_id, f.friend_id, f.contact, f.blocked, f.former, f.befriended, f.added_at, \
        f.added_by_user, f.read_up_to, f.talk, f.talk_changed, f.clock, f.last_number, f.last_at, \
        f.last_own, f.sent, f.received, f.unread, f.deleted_at, f.changed, f.friend_read_up_to
        """
    /// The number of columns in `friend`.
    static let friendCount = 21
    static let message = """
        m.talk, m.sent_at, m.number, m.id, m.id_spelling, m.sender, m.sender_spelling, \
        m.receiver, m.receiver_spelling, m.content, m.form, m.reply_to, m.deleted_at, \
        m.photo, m.photo_width, m.photo_height
        """
    /// The number of columns in `message`.
    static let messageCount = 16
    static let photo = """
        p.id, p.upload, p.sender, p.sender_spelling, p.receiver, p.receiver_spelling, p.type, \
        p.bytes, p.uploaded_at, p.state
        """
    /// The number of columns in `photo`.
    static let photoCount = 10
    static let subscription = "user_id, endpoint, public_key, authentication, session"
}

extension UserID {
    /// The id as keys of tables hold it: the same for every spelling of a UUID.
    var key: ByteText { text.identifierKey }
}

extension MessageID {
    var key: ByteText { text.identifierKey }
}

extension ByteText {
    fileprivate var identifierKey: ByteText {
        UUIDText.isUUID(utf8.span) ? asciiLowercased : self
    }

    /// The text, or nil if it is its own key.
    func spelling(ofKey key: ByteText) -> ByteText? { self == key ? nil : self }
}

/// The one row that orders all changes.
struct StoreHead: Sendable {
    var incarnation: Incarnation
    /// The number of the last change before this incarnation.
    var begun: Int64
    /// The number of the last change.
    var number: Int64
    var newest: Int64
    var messages: Int64
    var subscriptions: Int64

    init(_ row: Row, from column: Int = 0) {
        incarnation = Incarnation(row.number(column)) ?? Incarnation()
        begun = row.number(column + 1)
        number = row.number(column + 2)
        newest = row.number(column + 3)
        messages = row.number(column + 4)
        subscriptions = row.number(column + 5)
    }

    /// Returns the revision of a change. Changes before this incarnation have its lowest revision.
    func revision(_ number: Int64) -> UInt64 {
        incarnation.revision(UInt32(clamping: number - begun))
    }
}

/// A row of `users`.
struct UserRow: Sendable {
    let key: ByteText
    let spelling: ByteText
    var name: ByteText
    var password: ByteText
    var epoch: Int64
    /// The last change of the user's contact list that stands in no row of `friends`.
    var touched: Int64
    /// The oldest change that a cursor of the user may name.
    var oldest: Int64

    init(_ row: Row, from column: Int = 0) {
        key = row.text(column)
        spelling = row.text(column + 1)
        name = row.text(column + 2)
        password = row.text(column + 3)
        epoch = row.number(column + 4)
        touched = row.number(column + 5)
        oldest = row.number(column + 6)
    }

    init(_ user: User, touched: Int64) {
        key = user.id.key
        spelling = user.id.text
        name = user.username
        password = user.password
        epoch = Int64(user.epoch)
        self.touched = touched
        oldest = 0
    }
}
