import Encoding
import HTTP

/// `POST /auth/logout`: `{message}`, and clears the cookie for a page of this origin; 403 for pages
/// of other origins. Tokens stay valid; a new password ends them.
struct LogOut: Endpoint {
    let sessions: Sessions

    func answer(_ request: Request) async throws -> Response {
        let clearing = try sessions.end(request)
        var response = Response.json { $0.field("message", "Berhasil logout") }
        if let clearing { response.fields.append(("Set-Cookie", clearing)) }
        return response
    }
}
