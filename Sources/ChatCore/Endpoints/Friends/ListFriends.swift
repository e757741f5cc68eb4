import Chat
import Encoding
import HTTP
import Storage

/// `GET /friends/{userId}` with `since`, `preview` and `wait`: `[{id, username, order, lastMessage,
/// receivedCount, …}]`, latest conversation first (`FriendPieces`); 304, 403, 410.
struct ListFriends: Endpoint {
    let friends: Friends
    let messages: Messages
    let keys: KeyGuard
    let sessions: Sessions
    let tags: EntityTagKey
    let streams: StreamedAnswers
    let polls: HeldPolls

    func unchanged(for request: Request, _ parameters: PathParameters) -> Response? {
        guard let query = try? FriendsQuery(request.query), query.wait == nil,
            let poll = try? sessions.pollInMemory(by: request),
            let id = parameters["userId"], poll.isBy(id)
        else { return nil }
        let tag = tag(of: query, poll.facts.revision)
        guard tag.matches(request) else { return nil }
        polls.answered(poll.caller)
        return tag.notModified
    }

    func answer(_ request: Request) async throws -> Response {
        // Read before the list, so that a change in between makes the tag too old, never too new.
        let poll = try await sessions.poll(
            by: request, claiming: request.parameters["userId"] ?? "")
        let (caller, facts) = (poll.caller, poll.facts)
        let query = try FriendsQuery(request.query)
        let tag = tag(of: query, facts.revision)
        let isKnown = tag.matches(request)
        var changes: Changes?
        if let since = query.since, let wait = query.wait, request.method == .get,
            !request.wasHeld, let poll = polls.hold(caller, for: wait)
        {
            // The poll is registered before the list is read, so that a change in between wakes it.
            do {
                changes = try await news(
                    for: caller, since: since, unless: isKnown ? facts.revision : nil)
            } catch {
                poll.end()
                throw error
            }
            if changes == nil { return Response(.ok, body: .held(poll)) }
            poll.end()
        } else {
            polls.answered(caller)
        }
        if isKnown { return tag.notModified }
        var pieces = try await pieces(of: query, changes, caller, RequestID(of: request))
        // Only the vault could tell whether the contents, and with them the tag, would be there.
        if request.method == .head { return query.hasPreview ? .headOfPieces : tag.head }
        let first = try await pieces.next()
        var response = Response.json([])
        response.body = try pieces.body(after: first, for: caller, in: streams)
        // The vault may be back before anybody saw it gone.
        if pieces.isComplete { response.fields.append(("ETag", tag.text)) }
        return response
    }

    private typealias Changes = (rows: [ContactSummary], removed: [ContactChanges.Removed])

    /// Returns what the client has not been told, or nil if that is nothing.
    ///
    /// - Parameter known: The revision of the list that the client knows, or nil.
    private func news(
        for caller: UserID, since cursor: UInt64, unless known: UInt64?
    ) async throws -> Changes? {
        if let known, try await friends.revision(of: caller) == known { return nil }
        let changes = try await friends.changes(of: caller, since: cursor)
        return changes.rows.isEmpty && changes.removed.isEmpty ? nil : changes
    }

    /// The URL names the caller and the query, and a tag belongs to one URL.
    private func tag(of query: FriendsQuery, _ revision: UInt64) -> EntityTag {
        var hash = tags.hash
        hash.combine(revision)
        if query.hasPreview { hash.combine(keys.digest) }
        return EntityTag(hash)
    }

    private func pieces(
        of query: FriendsQuery, _ found: Changes?, _ caller: UserID, _ id: RequestID
    ) async throws -> FriendPieces {
        let source = FriendPieces.Source(
            caller: caller, messages: messages, hasPreview: query.hasPreview, id: id)
        guard let since = query.since else {
            return FriendPieces(try await friends.list(of: caller), removed: [], source)
        }
        let changes =
            if let found { found } else { try await friends.changes(of: caller, since: since) }
        return FriendPieces(changes.rows, removed: changes.removed, source)
    }
}
