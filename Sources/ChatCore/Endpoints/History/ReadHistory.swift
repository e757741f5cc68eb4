import Chat
import Encoding
import HTTP
import Storage
import Synchronization

/// `GET /chat/history?myId=&friendId=` with `after`, `before` and `limit`: `[{id, senderId,
/// receiverId, content, timestamp}]`, oldest first; 304, 403, 503. What is longer than a page is
/// streamed.
struct ReadHistory: Endpoint {
    /// An answer up to this size goes out whole, with its length.
    private static let wholeBytesMax = 64 << 10

    let messages: Messages
    let keys: KeyGuard
    let sessions: Sessions
    let tags: EntityTagKey

    func answer(_ request: Request) async throws -> Response {
        let query = HistoryQuery(request.query)
        let friend = Result { () throws(APIFault) in UserID(try query.required("friendId")) }
        // Before the messages: a change in between makes the tag too old, never too new.
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
            response.body = Self.stream(Held(first), then: pieces)
        }
        // The key that opens the rest may be back before anybody saw it gone.
        if pieces.isReadable { response.fields.append(("ETag", tag.text)) }
        return response
    }

    /// Covers all that the answer depends on. A tag belongs to its URL, which names both people.
    private func tag(of range: HistoryRange, _ revision: UInt64) -> EntityTag {
        var hash = tags.hash
        // No parameter is below 0.
        hash.combine(UInt64(bitPattern: range.after ?? -1))
        hash.combine(UInt64(bitPattern: range.before ?? -1))
        hash.combine(UInt64(range.limit ?? 0))
        hash.combine(revision)
        hash.combine(keys.digest)
        return EntityTag(hash)
    }

    /// The head of the answer, for which the vault is asked for nothing. The length is known only
    /// once the messages are read, so it is left out (RFC 9110 §9.3.2).
    private func head(
        _ conversation: Conversation, _ range: HistoryRange, _ tag: EntityTag
    ) async throws -> Response {
        try await messages.checkReadable(conversation, range)
        var response = Response.json([])
        response.body = .stream { _ in }
        response.fields.append(("ETag", tag.text))
        return response
    }

    /// Page after page, so that a long conversation takes no more memory than a short one.
    private static func stream(_ first: Held, then pieces: HistoryPieces) -> Response.Body {
        .stream { body in
            var pieces = pieces
            try await body.write(first.take())
            while !pieces.isAtEnd { try await body.write(try await pieces.next()) }
        }
    }

    /// Bytes that are let go of when they are written, and not with the answer that they begin.
    private final class Held: Sendable {
        private let bytes: Mutex<[UInt8]>

        init(_ bytes: [UInt8]) {
            self.bytes = Mutex(bytes)
        }

        func take() -> [UInt8] {
            bytes.withLock { bytes in
                defer { bytes = [] }
                return bytes
            }
        }
    }
}
