import Chat
import Encoding
import Storage

/// A friends list as the pieces of one JSON array.
struct FriendPieces: AnswerPieces {
    /// The largest number of rows in a piece.
    private static let rowsMax = 100

    struct Source: Sendable {
        let caller: UserID
        let messages: Messages
        var hasPreview: Bool
        let id: RequestID
    }

    private var rows: ArraySlice<ContactSummary>
    private let removed: [ContactChanges.Removed]
    private var source: Source
    /// Whether a piece with contents has been handed out.
    private var hasContents = false
    private var isBegun = false
    /// Whether all pieces have been handed out.
    private(set) var isAtEnd = false
    /// Whether every last message so far has the content that was asked for.
    private(set) var isComplete = true

    init(
        _ rows: [ContactSummary], removed: [ContactChanges.Removed], _ source: Source
    ) {
        self.rows = rows[...]
        self.removed = removed
        self.source = source
    }

    var isEmpty: Bool { rows.isEmpty && removed.isEmpty }

    /// The next piece. Nothing of it is kept: a piece may wait long for its reader.
    mutating func next() async throws -> [UInt8] {
        let wanted = rows.prefix(Self.rowsMax)
        let last = try await LastMessages(
            of: wanted.filter { $0.lastMessage != nil }.map(\.id), source, isBegun: isBegun)
        if !last.isComplete {
            isComplete = false
            if !last.isOpened {
                // An answer has contents in all of its pieces or in none.
                if hasContents { throw VaultFault.unavailable("it went away") }
                source.hasPreview = false
            }
        }
        hasContents = hasContents || last.isOpened
        let count = last.cut.flatMap { cut in wanted.firstIndex { $0.id == cut } }
            .map { $0 + 1 - wanted.startIndex }
        let written = wanted.prefix(count ?? wanted.count)
        var body = JSONWriter(capacity: 256 + 384 * written.count)
        if isBegun { body.continueArray() } else { body.beginArray() }
        for row in written { body.row(row, last.byFriend[row.id]) }
        rows = rows[written.endIndex...]
        isBegun = true
        if rows.isEmpty {
            for row in removed { body.removed(row) }
            body.endArray()
            isAtEnd = true
        }
        return body.bytes
    }
}

/// The last messages of some rows.
private struct LastMessages {
    struct Entry {
        let message: StoredMessage
        /// Nil where no content was asked for, or the vault was away.
        let text: OpenedText?
    }

    private(set) var byFriend: [UserID: Entry] = [:]
    /// The last friend whose message was read, if some were not.
    private(set) var cut: UserID?
    /// Whether the vault has opened the messages.
    private(set) var isOpened = false
    /// Whether all contents that were asked for are there.
    private(set) var isComplete = true

    /// - Parameter isBegun: Whether a piece of the answer has gone out.
    init(of friends: [UserID], _ source: FriendPieces.Source, isBegun: Bool) async throws {
        if friends.isEmpty { return }
        if source.hasPreview {
            do {
                let page = try await source.id.during {
                    try await source.messages.previews(
                        of: source.caller, with: friends, isBegun ? .large : .small)
                }
                add(page.recorded, page.texts, source.caller)
                isOpened = true
                isComplete = page.isReadable
                return
            } catch is VaultFault { isComplete = false }
        }
        let messages = try await source.messages.lastMessages(of: source.caller, with: friends)
        add(messages, nil, source.caller)
    }

    private mutating func add(
        _ recorded: RecordedMessages, _ texts: [OpenedText]?, _ caller: UserID
    ) {
        var last: UserID?
        for (index, message) in recorded.messages.enumerated() {
            let friend = message.senderId == caller ? message.receiverId : message.senderId
            byFriend[friend] = Entry(message: message, text: texts?[index])
            last = friend
        }
        if recorded.isCut { cut = last }
    }
}

extension JSONWriter {
    fileprivate mutating func row(_ row: ContactSummary, _ last: LastMessages.Entry?) {
        beginObject()
        field("id", row.id.text)
        field("username", row.username)
        field("order", row.order)
        name("lastMessage")
        if let last { message(last) } else { null() }
        field("receivedCount", row.receivedCount)
        field("sentCount", row.sentCount)
        field("unreadCount", row.unreadCount)
        field("readUpTo", row.readUpTo)
        field("friendReadUpTo", row.friendReadUpTo)
        optional("addedAt", row.addedAt)
        name("addedBy")
        if let adder = row.addedBy { string(adder.text) } else { null() }
        field("changed", Int64(row.changed))
        optional("lastDeletedAt", row.lastDeletedAt)
        endObject()
    }

    fileprivate mutating func removed(_ row: ContactChanges.Removed) {
        beginObject()
        field("id", row.id.text)
        field("removed", true)
        field("changed", Int64(row.changed))
        endObject()
    }

    private mutating func message(_ last: LastMessages.Entry) {
        beginObject()
        field("id", last.message.id.text)
        field("senderId", last.message.senderId.text)
        field("timestamp", last.message.timestamp)
        switch last.text {
        case nil: break
        case .text(let text)?: field("content", text)
        case .notAuthentic?:
            field("content", OpenedText.unreadable)
            field("code", "not_authentic")
        case .keyRetired?:
            field("content", OpenedText.retired)
            field("code", "key_retired")
        }
        if let photo = last.message.photo { field(photo: photo) }
        if last.message.isDeleted { field("deleted", true) }
        endObject()
    }

    private mutating func optional(_ name: StaticString, _ value: Int64?) {
        self.name(name)
        if let value { integer(value) } else { null() }
    }
}
