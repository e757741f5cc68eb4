import Chat
import Encoding
import HTTP
import Storage

/// `POST /friends/add` `{myId, friendUsername}`: `{message, contact: {id, username}}`; 400, 403,
/// 404, 429.
struct AddFriend: Endpoint {
    let friends: Friends
    let sessions: Sessions
    let audit: AuditLog

    func answer(_ request: Request) async throws -> Response {
        let caller = try await sessions.caller(of: request)
        let body = try RequestBody(request)
        let myId = UserID(try body.string("myId"))
        let username = try body.string("friendUsername")
        guard myId == caller else { throw ChatFault.forbidden }
        let friend = try await add(username, to: caller, request)
        return .json {
            $0.field("message", "Berhasil tambah teman")
            $0.name("contact")
            $0.beginObject()
            $0.field("id", friend.id.text)
            $0.field("username", friend.username)
            $0.endObject()
        }
    }

    /// Audits a caller who tries too many unknown names, because the answers reveal which names
    /// exist.
    private func add(
        _ username: ByteText, to caller: UserID, _ request: Request
    ) async throws -> User {
        do {
            return try await friends.add(username, to: caller)
        } catch ChatFault.tooManyNames(let wait) {
            audit.note(.friendship, .throttled, request, user: caller)
            throw ChatFault.tooManyNames(after: wait)
        }
    }
}
