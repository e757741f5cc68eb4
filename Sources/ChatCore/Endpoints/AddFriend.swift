import Chat
import Encoding
import HTTP
import Storage

/// `POST /friends/add` `{myId, friendUsername}`: `{message, contact: {id, username}}`; 400, 403,
/// 404, 429.
struct AddFriend: Endpoint {
    let friends: Friends
    let sessions: Sessions

    func answer(_ request: Request) async throws -> Response {
        let caller = try sessions.caller(of: request)
        let body = try RequestBody(request)
        let myId = try body.string("myId")
        let username = try body.string("friendUsername")
        guard myId == caller.text else { throw ChatFault.forbidden }
        let friend = try await friends.add(username, to: caller)
        return .json {
            $0.field("message", "Berhasil tambah teman")
            $0.name("contact")
            $0.beginObject()
            $0.field("id", friend.id.text)
            $0.field("username", friend.username)
            $0.endObject()
        }
    }
}
