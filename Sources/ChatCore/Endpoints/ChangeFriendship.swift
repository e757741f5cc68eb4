import Chat
import Encoding
import HTTP
import Storage

/// `POST /friends/remove`, `/friends/block` and `/friends/unblock` `{myId, friendId}`: `{message}`;
/// 403, 404. A repeated request succeeds.
struct ChangeFriendship: Endpoint {
    enum Change: Sendable {
        case remove, block, unblock
    }

    let change: Change
    let friends: Friends
    let sessions: Sessions

    func answer(_ request: Request) async throws -> Response {
        let caller = try await sessions.caller(of: request)
        let body = try RequestBody(request)
        let myId = UserID(try body.string("myId"))
        let friend = UserID(try body.string("friendId"))
        guard myId == caller else { throw ChatFault.forbidden }
        guard friend != caller else { throw APIFault.malformed("friendId harus orang lain.") }
        switch change {
        case .remove:
            try await friends.remove(friend, of: caller)
            return .message("Teman dihapus")
        case .block:
            try await friends.block(friend, for: caller)
            return .message("Pengguna diblokir")
        case .unblock:
            try await friends.unblock(friend, for: caller)
            return .message("Blokir dicabut")
        }
    }
}

/// `GET /friends/{userId}/blocked`: `[{id, username}]`, in the order of blocking; 403.
struct ListBlocked: Endpoint {
    let friends: Friends
    let sessions: Sessions

    func answer(_ request: Request) async throws -> Response {
        let caller = try await sessions.caller(
            of: request, claiming: request.parameters["userId"] ?? "")
        var body = JSONWriter(capacity: 1024)
        body.beginArray()
        for user in try await friends.blocked(by: caller) {
            body.beginObject()
            body.field("id", user.id.text)
            body.field("username", user.username)
            body.endObject()
        }
        body.endArray()
        return .json(body.bytes)
    }
}
