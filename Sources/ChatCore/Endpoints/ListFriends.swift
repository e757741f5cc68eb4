import Chat
import Encoding
import HTTP
import Storage

/// `GET /friends/{userId}`: `[{id, username, lastMessage: {senderId, timestamp} or null,
/// receivedCount}]`, latest conversation first; 304, 403.
struct ListFriends: Endpoint {
    let friends: Friends
    let sessions: Sessions
    let tags: EntityTagKey

    func answer(_ request: Request) async throws -> Response {
        // Read before the list, so that a change in between makes the tag too old, never too new.
        let (caller, facts) = try await sessions.poll(
            by: request, claiming: request.parameters["userId"] ?? "")
        // The URL names the caller, and a tag belongs to one URL.
        var hash = tags.hash
        hash.combine(facts.revision)
        let tag = EntityTag(hash)
        if tag.matches(request) { return tag.notModified }
        var body = JSONWriter(capacity: 1024)
        body.beginArray()
        for contact in try await friends.list(of: caller) {
            body.beginObject()
            body.field("id", contact.id.text)
            body.field("username", contact.username)
            body.name("lastMessage")
            if let last = contact.lastMessage {
                body.beginObject()
                body.field("senderId", last.senderId.text)
                body.field("timestamp", last.timestamp)
                body.endObject()
            } else {
                body.null()
            }
            body.field("receivedCount", contact.receivedCount)
            body.endObject()
        }
        body.endArray()
        var response = Response.json(body.bytes)
        response.fields.append(("ETag", tag.text))
        return response
    }
}
