import Chat
import Encoding
import HTTP
import Storage

/// `GET /chat/history?myId=&friendId=` with `after`, `before`, `limit` and `deletedAfter`: `[{id,
/// senderId, receiverId, content, timestamp, replyTo?, deleted?, deletedAt?}]`, oldest first; 304,
/// 403, 503. Several pages are streamed.
struct ReadHistory: Endpoint {
    /// A single page up to this size is sent whole, with its length.
    private static let wholeBytesMax = 64 << 10

    let messages: Messages
    let keys: KeyGuard
    let sessions: Sessions
    let tags: EntityTagKey

    func answer(_ request: Request) async throws -> Response {
        let query = HistoryQuery(request.query)
        let friend = Result { () throws(APIFault) in UserID(try query.required("friendId")) }
        // Read before the messages, so that a change in between makes the tag too old, never too
        // new.
        let (caller, facts) = try await sessions.poll(by: request, with: try? friend.get())
        let isCaller = try query.required("myId", is: caller)
        let conversation = Conversation(caller, try friend.get())
        let range = try query.range()
        guard isCaller else { throw ChatFault.forbidden }
        let tag = tag(of: range, try Messages.revision(toRead: facts))
        if tag.matches(request) { return tag.notModified }
        if request.method == .head { return try await head(conversation, range, tag) }
        var pieces = HistoryPieces(
            MessagePages(of: conversation, range, for: caller, messages), RequestID(of: request))
        let first = try await pieces.next()
        var response = Response.json(first)
        if !pieces.isAtEnd || first.count > Self.wholeBytesMax {
            response.body = Self.stream(FirstPiece(first), then: pieces)
        }
        // A missing key may return unnoticed, so an answer without some texts must not be cached.
        if pieces.isReadable { response.fields.append(("ETag", tag.text)) }
        return response
    }

    /// Returns a tag over everything that the answer depends on. The URL names both users, and a
    /// tag belongs to one URL.
    private func tag(of range: HistoryRange, _ revision: UInt64) -> EntityTag {
        var hash = tags.hash
        // Parameters are never negative, so -1 stands for none.
        hash.combine(UInt64(bitPattern: range.after ?? -1))
        hash.combine(UInt64(bitPattern: range.before ?? -1))
        hash.combine(UInt64(range.limit ?? 0))
        if let time = range.deletedAfter { hash.combine(UInt64(bitPattern: time)) }
        hash.combine(revision)
        hash.combine(keys.digest)
        return EntityTag(hash)
    }

    /// Returns the head of the answer without a request to the vault. It omits the length, which is
    /// unknown before the messages are read (RFC 9110 §9.3.2).
    private func head(
        _ conversation: Conversation, _ range: HistoryRange, _ tag: EntityTag
    ) async throws -> Response {
        try await messages.checkReadable(conversation, range)
        var response = Response.json([])
        response.body = .stream { _ in }
        response.fields.append(("ETag", tag.text))
        return response
    }

    /// Streams the pieces one at a time, so that memory does not grow with the conversation.
    private static func stream(_ first: FirstPiece, then pieces: HistoryPieces) -> Response.Body {
        .stream { body in
            var pieces = pieces
            try await body.write(first.take())
            while !pieces.isAtEnd { try await body.write(try await pieces.next()) }
        }
    }
}
