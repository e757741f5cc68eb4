import Chat
import Encoding
import HTTP
import Storage

/// `POST /chat/delete` `{myId, friendId, id}`: `{message}`; the content of an own message is gone,
/// and a tombstone stays. 403, 404. Doing it again is a success.
struct DeleteMessage: Endpoint {
    let messages: Messages
    let sessions: Sessions

    func answer(_ request: Request) async throws -> Response {
        let caller = try await sessions.caller(of: request)
        let body = try RequestBody(request)
        let myId = UserID(try body.string("myId"))
        let friend = UserID(try body.string("friendId"))
        let id = MessageID(try body.string("id"))
        guard myId == caller else { throw ChatFault.forbidden }
        try await messages.delete(id, with: friend, for: caller)
        return .message("Pesan dihapus")
    }
}
