import Encoding
import HTTP

/// `POST /auth/logout`: `{message}`; this browser's cookie is cleared, where a page of this origin
/// asks; 403 for pages of other origins. A token has no state to end: changing the password ends
/// all of them.
struct LogOut: Endpoint {
    let sessions: Sessions

    func answer(_ request: Request) async throws -> Response {
        let clearing = try sessions.end(request)
        var response = Response.json { $0.field("message", "Berhasil logout") }
        if let clearing { response.fields.append(("Set-Cookie", clearing)) }
        return response
    }
}
