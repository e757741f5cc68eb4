import Chat
import Encoding
import HTTP
import Storage

/// `POST /chat/read` `{myId, friendId, upTo}`: `{message}`; the caller has read up to that
/// timestamp. 403, 404, 429. The marker never moves back.
struct MarkRead: Endpoint {
    let markers: ReadMarkers
    let sessions: Sessions
    let announcements: Announcements

    func answer(_ request: Request) async throws -> Response {
        let caller = try await sessions.caller(of: request)
        let body = try RequestBody(request)
        let myId = UserID(try body.string("myId"))
        let friend = UserID(try body.string("friendId"))
        let time = try body.time("upTo")
        guard myId == caller else { throw ChatFault.forbidden }
        if try await markers.markRead(friend, by: caller, upTo: time) {
            announcements.read(by: caller, with: friend)
        }
        return .message("Sudah dibaca")
    }
}
