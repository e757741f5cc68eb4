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
    let polls: HeldPolls

    func answer(_ request: Request) async throws -> Response {
        // Read before the list, so that a change in between makes the tag too old, never too new.
        let (caller, facts) = try await sessions.poll(
            by: request, claiming: request.parameters["userId"] ?? "")
        let query = try FriendsQuery(request.query)
        let tag = tag(of: query, facts.revision)
        if let wait = query.wait, request.method == .get, !request.wasHeld,
            let poll = polls.hold(caller, for: wait)
        {
            do {
                let isKnown = tag.matches(request) ? facts.revision : nil
                if try await hasNothing(for: caller, since: query.since ?? 0, isKnown) {
                    return Response(.ok, body: .held(poll))
                }
            } catch {
                poll.end()
                throw error
            }
            poll.end()
        }
        if tag.matches(request) { return tag.notModified }
        var pieces = try await pieces(of: query, caller, RequestID(of: request))
        if request.method == .head { return tag.head }
        let first = try await pieces.next()
        var response = Response.json([])
        response.body = pieces.body(after: first)
        // The vault may be back before anybody saw it gone.
        if pieces.isComplete { response.fields.append(("ETag", tag.text)) }
        return response
    }

    /// Returns whether there is nothing to tell. It is called with the poll taken in, so that no
    /// change is missed.
    ///
    /// - Parameter known: The revision of the list that the client knows, or nil.
    private func hasNothing(
        for caller: UserID, since cursor: UInt64, _ known: UInt64?
    ) async throws -> Bool {
        if let known, try await friends.revision(of: caller) == known { return true }
        let (rows, removed) = try await friends.changes(of: caller, since: cursor)
        return rows.isEmpty && removed.isEmpty
    }

    /// The URL names the caller and the query, and a tag belongs to one URL.
    private func tag(of query: FriendsQuery, _ revision: UInt64) -> EntityTag {
        var hash = tags.hash
        hash.combine(revision)
        if query.hasPreview { hash.combine(keys.digest) }
        return EntityTag(hash)
    }

    private func pieces(
        of query: FriendsQuery, _ caller: UserID, _ id: RequestID
    ) async throws -> FriendPieces {
        let source = FriendPieces.Source(
            caller: caller, messages: messages, hasPreview: query.hasPreview, id: id)
        guard let since = query.since else {
            return FriendPieces(try await friends.list(of: caller), removed: [], source)
        }
        let (rows, removed) = try await friends.changes(of: caller, since: since)
        return FriendPieces(rows, removed: removed, source)
    }
}
