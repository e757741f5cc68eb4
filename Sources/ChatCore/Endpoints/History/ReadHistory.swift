import Chat
import Encoding
import HTTP
import Storage

/// `GET /chat/history?myId=&friendId=` with `after`, `before`, `limit` and `deletedAfter`: `[{id,
/// senderId, receiverId, content, timestamp, replyTo?, deleted?, deletedAt?}]`, oldest first; 304,
/// 403, 503. Several pages are streamed.
struct ReadHistory: Endpoint {
    let messages: Messages
    let keys: KeyGuard
    let sessions: Sessions
    let tags: EntityTagKey
    let streams: StreamedAnswers
    let announcements: Announcements

    func unchanged(for request: Request, _ parameters: PathParameters) -> Response? {
        let query = RequestQuery(request.query)
        guard let friend = try? query.required("friendId"),
            let poll = try? sessions.pollInMemory(by: request, with: UserID(friend)),
            (try? query.required("myId", is: poll.caller)) == true,
            let range = try? query.range(),
            let revision = try? Messages.revision(toRead: poll.facts)
        else { return nil }
        let tag = tag(of: range, revision)
        return tag.matches(request) ? tag.notModified : nil
    }

    func answer(_ request: Request) async throws -> Response {
        let query = RequestQuery(request.query)
        let friend = Result { () throws(APIFault) in UserID(try query.required("friendId")) }
        // Read before the messages, so that a change in between makes the tag too old, never too
        // new.
        let poll = try await sessions.poll(by: request, with: try? friend.get())
        let (caller, facts) = (poll.caller, poll.facts)
        let isCaller = try query.required("myId", is: caller)
        let conversation = Conversation(caller, try friend.get())
        let range = try query.range()
        guard isCaller else { throw ChatFault.forbidden }
        let tag = tag(of: range, try Messages.revision(toRead: facts))
        if tag.matches(request) { return tag.notModified }
        if request.method == .head {
            try await messages.checkReadable(conversation, range)
            return tag.head
        }
        var pieces = HistoryPieces(
            MessagePages(of: conversation, range, for: caller, messages), RequestID(of: request))
        let first = try await pieces.next()
        // An old client tells by this alone that the newest messages were read.
        if range.reachesNewest { announcements.read(by: caller, with: try friend.get()) }
        var response = Response.json([])
        response.body = try pieces.body(after: first, for: caller, in: streams)
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
}

extension RequestQuery {
    fileprivate func range() throws(APIFault) -> HistoryRange {
        let limit = try number("limit", in: 1...Int64(HistoryRange.limitMax))
        let range = HistoryRange(
            after: try number("after", in: 0...Int64.max),
            before: try number("before", in: 0...Int64.max),
            deletedAfter: try number("deletedAfter", in: 0...Int64.max),
            limit: limit.map(Int.init))
        guard range.deletedAfter == nil || (range.after == nil && range.before == nil) else {
            throw .malformed("deletedAfter tidak bisa bersama after atau before.")
        }
        return range
    }
}
