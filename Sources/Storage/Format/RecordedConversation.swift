internal import Encoding

/// A conversation in a user's record: its revisions, and the user's row of the other person.
package struct RecordedConversation: Sendable {
    package let partner: UserID
    package let revisions: ConversationRevisions
    package let row: RecordedRow

    package init(with partner: UserID, _ revisions: ConversationRevisions, _ row: RecordedRow) {
        self.partner = partner
        self.revisions = revisions
        self.row = row
    }

    /// - Parameter statesRevisions: Whether the user's record states its revision.
    init(
        _ scanner: inout JSONScanner, in bytes: Span<UInt8>, statesRevisions: Bool
    ) throws(JSONFault) {
        try scanner.expect("{\"with\":", in: bytes)
        partner = UserID(try scanner.string(in: bytes))
        guard statesRevisions else {
            revisions = ConversationRevisions()
            row = try RecordedRow(&scanner, in: bytes, after: revisions)
            try scanner.expect("}", in: bytes)
            return
        }
        try scanner.expect(",\"order\":", in: bytes)
        let order = try scanner.changeNumber(in: bytes)
        var revisions = ConversationRevisions(order: order, messages: order)
        if scanner.skip(",\"messages\":", in: bytes) {
            revisions.messages = try scanner.changeNumber(in: bytes)
        }
        self.revisions = revisions
        row = try RecordedRow(&scanner, in: bytes, after: revisions)
        try scanner.expect("}", in: bytes)
    }

    func write(to writer: inout JSONWriter, statesRevisions: Bool) {
        writer.beginObject()
        writer.field("with", partner.text)
        guard statesRevisions else {
            row.writeFacts(to: &writer)
            writer.endObject()
            return
        }
        writer.field("order", Int(revisions.order))
        if revisions.messages != revisions.order {
            writer.field("messages", Int(revisions.messages))
        }
        row.write(to: &writer, after: revisions)
        writer.endObject()
    }
}

/// A user's row of another person, behind the revisions of their conversation:
/// `,"changed":8,"befriended":3,"addedAt":1796641429155,"isAdder":true,"readUpTo":1796641429155`
///
/// `changed` is absent if it is the last change of the messages, or of their order. `befriended` is
/// absent if it is unknown, and `addedAt` if that is. `isAdder` is there if the user added the
/// other. `readUpTo` is absent if the user has read nothing.
package struct RecordedRow: Sendable {
    package var changed: UInt32
    package var befriended: UInt32 = 0
    package var addedAt: Int64?
    package var isAddedByUser = false
    /// The timestamp up to which the user has read, or 0.
    package var readUpTo: Int64 = 0

    /// Whether it states something that is no revision.
    var hasFacts: Bool { addedAt != nil || readUpTo > 0 }

    package init(changed: UInt32) { self.changed = changed }

    fileprivate init(
        _ scanner: inout JSONScanner, in bytes: Span<UInt8>, after revisions: ConversationRevisions
    ) throws(JSONFault) {
        changed = revisions.newest
        if scanner.skip(",\"changed\":", in: bytes) {
            changed = try scanner.changeNumber(in: bytes)
        }
        if scanner.skip(",\"befriended\":", in: bytes) {
            befriended = try scanner.changeNumber(in: bytes)
        }
        if scanner.skip(",\"addedAt\":", in: bytes) {
            addedAt = try scanner.integer(in: bytes)
            isAddedByUser = scanner.skip(",\"isAdder\":true", in: bytes)
        }
        if scanner.skip(",\"readUpTo\":", in: bytes) {
            readUpTo = try scanner.integer(in: bytes)
        }
    }

    fileprivate func write(to writer: inout JSONWriter, after revisions: ConversationRevisions) {
        if changed != revisions.newest { writer.field("changed", Int(changed)) }
        if befriended > 0 { writer.field("befriended", Int(befriended)) }
        writeFacts(to: &writer)
    }

    fileprivate func writeFacts(to writer: inout JSONWriter) {
        if let addedAt {
            writer.field("addedAt", addedAt)
            if isAddedByUser { writer.field("isAdder", true) }
        }
        if readUpTo > 0 { writer.field("readUpTo", readUpTo) }
    }
}

extension ConversationRevisions {
    fileprivate var newest: UInt32 { max(order, messages) }
}
